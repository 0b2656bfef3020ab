import { statSync } from 'node:fs'
import { DataError, expected, UsageError } from '../base/index.js'
import { listSampleFiles, readRecording } from '../data/index.js'
import type { InputNoise, Source } from '../noise/index.js'

/** No more recordings are read, and of a larger folder every so many-th. */
const MOST = 200

/** The recordings of files and folders. Throws where a folder has none, or all are silent. */
export async function readSources(paths: readonly string[]): Promise<Source[]> {
  const files: string[] = []
  for (const path of paths)
    files.push(...(isFolder(path) ? await listSampleFiles(path, 'audio') : [path]))
  const step = Math.max(1, files.length / MOST)
  const chosen = files.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
  const sources: Source[] = []
  for (const file of chosen) sources.push(await readRecording(file))
  if (sources.every(({ samples }) => samples.every(value => value === 0)))
    throw new DataError(expected(paths.join(', '), 'recordings to draw from', 'only silence'))
  return sources
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new DataError(`${path}: there is no such file or folder.`)
  return found.isDirectory()
}

/** Throws UsageError where a noise draws from recordings and none are said, or the other way round. */
export function checkSources(noises: readonly InputNoise[], paths: readonly string[]): void {
  const drawing = noises.filter(({ needs }) => needs?.includes('sources'))
  if (drawing.length && !paths.length)
    throw new UsageError(
      `${drawing[0].kind} draws from recordings: say where they are with --sources FILE_OR_FOLDER.`,
    )
  if (!drawing.length && paths.length)
    throw new UsageError(
      `--sources: ${noises.map(({ kind }) => kind).join(', ')} draws from no recordings.`,
    )
}
