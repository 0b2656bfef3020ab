import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The first of `parent/stem-1`, `-2`, ... that is not there yet. */
export function nextRunFolder(parent: string, stem: string): string {
  for (let n = 1; ; n++) {
    const folder = join(parent, `${stem}-${n}`)
    if (!existsSync(folder)) return folder
  }
}
