import { stat } from 'node:fs/promises'
import { DataError, expected } from '../../base/index.js'
import { readRecording } from '../codecs/audio.js'
import { listSampleFiles } from '../codecs/one-file.js'

/** A recording as one channel in [-1,1]. */
export interface Recording {
  readonly samples: Float32Array
  readonly sampleRate: number
}

/**
 * The recordings of files and folders, brought to one rate: background noises and room responses.
 * Throws DataError where a path holds none, or all are silent.
 */
export async function readRecordings(
  paths: readonly string[],
  sampleRate: number | undefined,
): Promise<Recording[]> {
  const files = (await Promise.all(paths.map(filesOf))).flat()
  const recordings: Recording[] = []
  for (const file of files) recordings.push(await readRecording(file, sampleRate))
  if (recordings.every(({ samples }) => samples.every(value => value === 0)))
    throw new DataError(expected(paths.join(', '), 'recordings to draw from', 'only silence'))
  return recordings
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new DataError(`${path}: there is no such file or folder.`)
  return found.isDirectory() ? listSampleFiles(path, 'audio') : [path]
}
