import { type AudioDecoding, decodeAudio } from './audio.js'
import { decodeImage, type ImageDecoding } from './image.js'

/** How the bytes of one file become one sample; plain data, so that it can cross to a worker. */
export type Decoding = ImageDecoding | AudioDecoding

export function decodedShape(decoding: Decoding): number[] {
  return decoding.kind === 'image'
    ? [decoding.channels, decoding.height, decoding.width]
    : [decoding.channels, decoding.samples]
}

/** Writes the sample into `out`. Throws DataError naming `where`. */
export async function decode(
  bytes: Uint8Array,
  decoding: Decoding,
  out: Float32Array,
  where: string,
): Promise<void> {
  if (decoding.kind === 'image') await decodeImage(bytes, decoding, out, where)
  else decodeAudio(bytes, decoding, out, where)
}
