import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DataError } from '../../base/index.js'

/**
 * The folder of an installed npm package: looked for from the user's project, then from ours.
 * Throws DataError with the command that installs it.
 */
export function packageFolder(name: string, what = 'The data set'): string {
  const from = [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url]
  for (const base of from)
    for (const folder of createRequire(base).resolve.paths(name) ?? [])
      if (existsSync(join(folder, name, 'package.json'))) return realpathSync(join(folder, name))
  throw new DataError(
    `${what} comes from the npm package ${name}, which is not installed here. ` +
      `Run: npm install ${name}`,
  )
}
