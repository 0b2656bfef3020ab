import { extname } from 'node:path'
import { DataError } from '../../base/index.js'
import type { Decoding } from '../codecs/decode.js'
import { imageExtensions } from '../codecs/image.js'
import { audioExtensions } from '../codecs/sound-formats.js'
import type { DataOptions } from '../options.js'
import type { Place } from './place.js'
import { audioDecoding, imageDecoding } from './shapes.js'

/** What kind of files a folder holds, and how to speak of them. */
export interface Media {
  kind: 'image' | 'audio'
  plural: string
  has(file: string): boolean
  /** How they are read, beginning with a comma. */
  describe(decoding: Decoding): string
}

export const mediaExtensions: ReadonlySet<string> = new Set([
  ...imageExtensions,
  ...audioExtensions,
])

const hasExtension = (extensions: ReadonlySet<string>) => (file: string) =>
  extensions.has(extname(file).toLowerCase())

export const image: Media = {
  kind: 'image',
  plural: 'images',
  has: hasExtension(imageExtensions),
  describe: decoding =>
    decoding.kind === 'image'
      ? `, ${decoding.channels === 1 ? 'grey' : 'colour'}, ${decoding.height}x${decoding.width}${
          decoding.resize ? ` (resized: ${decoding.resize.rule})` : ''
        }`
      : '',
}

export const audio: Media = {
  kind: 'audio',
  plural: 'recordings',
  has: hasExtension(audioExtensions),
  describe: decoding =>
    decoding.kind === 'audio'
      ? `, read at ${decoding.sampleRate} Hz and ${(decoding.samples / decoding.sampleRate).toFixed(2)} seconds each`
      : '',
}

/** Images or recordings, whichever are more. Throws DataError saying what is there when neither is. */
export function mediaOf(place: Place, files: readonly string[]): Media {
  const images = files.filter(image.has).length
  const recordings = files.filter(audio.has).length
  if (images + recordings) return images >= recordings ? image : audio
  throw new DataError(
    `${place.name}: no samples found. Expected PNG, JPEG or WebP images or WAV or FLAC recordings, in one ` +
      'folder a class.',
  )
}

export function decodingOf(
  media: Media,
  root: string,
  files: readonly string[],
  options: DataOptions,
): Promise<Decoding> {
  return media.kind === 'image'
    ? imageDecoding(root, files, options)
    : audioDecoding(root, files, options)
}
