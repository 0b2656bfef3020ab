import { DataError, expected } from '../../base/index.js'
import type { AudioDecoding } from '../codecs/audio.js'
import { type ImageDecoding, imageHead } from '../codecs/image.js'
import { parseSound, soundHead } from '../codecs/sound-formats.js'
import type { PhysicalOptions } from '../options.js'
import { readBeginning, readSample } from '../sources/folder.js'

/** Files looked at before anything is decoded, evenly spaced. */
const LOOKED_AT = 64
/** The head of a recording stands in its first bytes. */
const HEAD_BYTES = 2 ** 16

function spaced(files: readonly string[], most: number): string[] {
  const step = Math.max(1, files.length / most)
  const count = Math.min(most, files.length)
  return Array.from({ length: count }, (_, i) => files[Math.floor(i * step)])
}

/**
 * The one shape the images of a folder get: the size asked for, else the one they share. Colour
 * when any of those looked at has colour. Throws DataError naming two images of different size.
 */
export async function imageDecoding(
  root: string,
  files: readonly string[],
  options: PhysicalOptions,
): Promise<ImageDecoding> {
  const { size, channels, interpolation, resize } = options
  if (channels !== undefined && channels !== 1 && channels !== 3)
    throw new DataError(expected('preprocess channels', '1 (grey) or 3 (colour)', channels))
  const looked = spaced(files, LOOKED_AT)
  const head = async (file: string) => imageHead(await readSample(root, file), file)
  const heads = await Promise.all(looked.map(file => head(file).catch(() => undefined)))
  const found = heads.findIndex(head => head !== undefined)
  if (found < 0)
    throw new DataError(`${root}: none of the images looked at can be read, ${looked[0]} for one.`)
  const { height, width } = heads[found]!
  const other = heads.findIndex(h => h && (h.height !== height || h.width !== width))
  if (!size && other >= 0)
    throw new DataError(
      `${root}: images differ in size: ${looked[found]} is ${height}x${width}, ${looked[other]} is ` +
        `${heads[other]!.height}x${heads[other]!.width} (height x width). Say one size for all with ` +
        '`size` in --preprocess.',
    )
  return {
    kind: 'image',
    channels: channels ?? Math.max(...heads.map(head => head?.channels ?? 1)),
    height: size?.[0] ?? height,
    width: size?.[1] ?? width,
    ...(size ? { resize: resize ?? { rule: 'stretch' }, interpolation } : {}),
  }
}

/**
 * The one shape the recordings of a folder get: rate of the first and length of the longest,
 * unless they are given. Throws DataError when none can be read.
 */
export async function audioDecoding(
  root: string,
  files: readonly string[],
  options: PhysicalOptions,
): Promise<AudioDecoding> {
  const { channels = 1, seconds } = options
  let { sampleRate } = options
  let longest = 0
  let firstReason: unknown
  for (const file of files) {
    if (sampleRate !== undefined && seconds !== undefined) break
    try {
      const head = await headOf(root, file)
      sampleRate ??= head.sampleRate
      longest = Math.max(longest, head.frames / head.sampleRate)
    } catch (error) {
      firstReason ??= error
    }
  }
  if (sampleRate === undefined || (seconds === undefined && !longest)) throw firstReason
  const samples = Math.max(1, Math.round((seconds ?? longest) * sampleRate))
  return { kind: 'audio', channels, sampleRate, samples }
}

/** Rate and length; a file that does not say its length is decoded for it. */
async function headOf(root: string, file: string): Promise<{ sampleRate: number; frames: number }> {
  const { bytes, fileBytes } = await readBeginning(root, file, HEAD_BYTES)
  const { sampleRate, frames } = soundHead(bytes, file, fileBytes)
  if (frames !== undefined) return { sampleRate, frames }
  return parseSound(await readSample(root, file), file)
}
