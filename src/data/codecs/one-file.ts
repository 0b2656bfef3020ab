import { realpath } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { DataError, expected, sizeOf } from '../../base/index.js'
import { readSample, walk } from '../sources/folder.js'
import type { AudioDecoding } from './audio.js'
import { decode, decodedShape } from './decode.js'
import { type ImageDecoding, imageExtensions, imageFormat, imageHead } from './image.js'
import { audioExtensions, parseSound } from './sound-formats.js'

/** One picture or recording by itself, in physical units, at its own size and rate. */
export interface SampleFile {
  readonly kind: 'image' | 'audio'
  /** `[channel, height, width]` or `[channel, samples]`. */
  readonly shape: readonly number[]
  readonly samples: Float32Array
  /** In Hz; of recordings. */
  readonly sampleRate?: number
  /** The file as it stands. */
  readonly bytes: Uint8Array
}

export interface OneFileOptions {
  /** Shorter side a larger picture is brought to; default: its own. */
  readonly shortestEdge?: number
}

/** Reads one picture or recording. Throws DataError naming the file. */
export async function readSampleFile(
  path: string,
  { shortestEdge }: OneFileOptions = {},
): Promise<SampleFile> {
  const folder = await realpath(dirname(path)).catch(() => dirname(path))
  const bytes = await readSample(folder, basename(path))
  const decoding = imageFormat(bytes)
    ? await imageDecoding(bytes, path, shortestEdge)
    : audioDecoding(bytes, path)
  const shape = decodedShape(decoding)
  const samples = new Float32Array(sizeOf(shape))
  await decode(bytes, decoding, samples, path)
  const sampleRate = decoding.kind === 'audio' ? decoding.sampleRate : undefined
  return { kind: decoding.kind, shape, samples, sampleRate, bytes }
}

async function imageDecoding(
  bytes: Uint8Array,
  path: string,
  edge?: number,
): Promise<ImageDecoding> {
  const { channels, height, width } = await imageHead(bytes, path)
  const scale = edge ? Math.min(1, edge / Math.min(height, width)) : 1
  const side = (length: number) => Math.max(1, Math.round(length * scale))
  const sides = { height: side(height), width: side(width) }
  return { kind: 'image', channels, ...sides, resize: { rule: 'stretch' } }
}

function audioDecoding(bytes: Uint8Array, path: string): AudioDecoding {
  const { sampleRate, channels, frames } = parseSound(bytes, path)
  if (!frames) throw new DataError(expected(path, 'a recording', 'one without samples'))
  return { kind: 'audio', channels, sampleRate, samples: frames }
}

/** Every picture and recording in a folder and its sub-folders, sorted. Throws DataError where there is none. */
export async function listSampleFiles(
  folder: string,
  kind?: SampleFile['kind'],
): Promise<string[]> {
  const root = await realpath(folder).catch(() => {
    throw new DataError(`${folder}: there is no such folder.`)
  })
  const wanted = kind === 'audio' ? audioExtensions : kind === 'image' ? imageExtensions : anyMedia
  const found = await walk(root, '', wanted)
  if (found.length) return found.map(file => join(root, file))
  const others = await walk(root, '', new Set([...anyMedia, ...otherMedia]))
  const what = kind === 'audio' ? 'recordings' : kind === 'image' ? 'pictures' : 'pictures or sound'
  const received = others.length
    ? `${others.length} other files, such as ${others[0]}`
    : 'no file of either kind'
  throw new DataError(expected(folder, `${what} (${[...wanted].join(', ')})`, received))
}

const anyMedia = new Set([...imageExtensions, ...audioExtensions])
const otherMedia = ['.ogg', '.mp3', '.m4a', '.gif', '.bmp', '.tif', '.tiff', '.txt', '.csv']

/** Whether a path ends as a picture or a recording does. */
export function mediaOf(path: string): SampleFile['kind'] | undefined {
  const ending = extname(path).toLowerCase()
  if (imageExtensions.has(ending)) return 'image'
  return audioExtensions.has(ending) ? 'audio' : undefined
}
