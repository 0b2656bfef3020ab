import type { Sharp } from 'sharp'
import { DataError, expected } from '../../base/index.js'
import { type Interpolation, type Pixels, type ResizeRule, resize } from './resize.js'

/** No image may have more pixels; a 29 KB PNG can hold 225 million. */
const MAX_PIXELS = 2 ** 24
const SECONDS = 5

/** How images become one shape `[channels, height, width]`. */
export interface ImageDecoding {
  kind: 'image'
  channels: number
  height: number
  width: number
  /** Absent: an image of another size is refused. */
  resize?: ResizeRule
  /** Filter of the resize; default `bilinear`. */
  interpolation?: Interpolation
}

export const imageExtensions: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png', '.webp'])

const signatures: [name: string, bytes: (number | undefined)[]][] = [
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  [
    'webp',
    [...'RIFF']
      .map(c => c.charCodeAt(0))
      .concat(
        [-1, -1, -1, -1],
        [...'WEBP'].map(c => c.charCodeAt(0)),
      ),
  ],
]

/** What the first bytes say it is: the name of a format that may be decoded, or undefined. */
export function imageFormat(bytes: Uint8Array): string | undefined {
  return signatures.find(([, s]) => s.every((byte, i) => byte === -1 || bytes[i] === byte))?.[0]
}

/** Size and channels (1 for grey, 3 for colour) of an image, from its head. Throws DataError. */
export async function imageHead(
  bytes: Uint8Array,
  where: string,
): Promise<{ channels: number; height: number; width: number }> {
  const { space, channels, autoOrient } = await guarded(where, async () =>
    (await load(bytes, where)).metadata(),
  )
  const grey = space?.startsWith('b-w') || space === 'grey16' || channels <= 2
  return { channels: grey ? 1 : 3, height: autoOrient.height, width: autoOrient.width }
}

/**
 * Decodes a PNG, JPEG or WebP into `out`, `[channels, height, width]` in [0,1], turned as its EXIF
 * orientation says, without transparency. Throws DataError naming `where`.
 */
export async function decodeImage(
  bytes: Uint8Array,
  decoding: ImageDecoding,
  out: Float32Array,
  where: string,
): Promise<void> {
  const { channels, height, width, interpolation = 'bilinear' } = decoding
  const whole = await pixelsOf(bytes, where)
  const image = decoding.resize ? resize(whole, decoding, decoding.resize, interpolation) : whole
  if (image.height !== height || image.width !== width)
    throw new DataError(
      expected(
        where,
        `an image ${height}x${width} (height x width) like the others`,
        `${image.height}x${image.width}`,
        'Say one size for all with `size` in --preprocess.',
      ),
    )
  writePlanes(image, channels, out)
}

async function pixelsOf(bytes: Uint8Array, where: string): Promise<Pixels> {
  const image = (await load(bytes, where)).autoOrient().timeout({ seconds: SECONDS })
  const plain = image.toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' })
  const { data, info } = await guarded(where, () => plain.toBuffer({ resolveWithObject: true }))
  return { data, height: info.height, width: info.width, channels: info.channels }
}

/** The decoder is loaded with the first image: data of another kind must not wait for it. */
async function load(bytes: Uint8Array, where: string): Promise<Sharp> {
  if (!imageFormat(bytes))
    throw new DataError(expected(where, 'a PNG, JPEG or WebP image', 'other bytes'))
  const { default: sharp } = await import('sharp')
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 })
}

async function guarded<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DataError) throw error
    const reason = /pixel limit/i.test(String(error))
      ? `it has more than ${MAX_PIXELS} pixels`
      : String((error as Error).message).split('\n')[0]
    throw new DataError(`${where}: the image cannot be decoded (${reason}).`)
  }
}

/** Interleaved bytes as planes in [0,1]; colour to grey by ITU-R 601-2 luma in 16-bit fixed point. */
function writePlanes({ data, channels: from }: Pixels, to: number, out: Float32Array): void {
  const count = data.length / from
  const isGrey = from < 3
  for (let i = 0, at = 0; i < count; i++, at += from) {
    if (to === 1) {
      const luma = isGrey
        ? data[at]
        : (data[at] * 19595 + data[at + 1] * 38470 + data[at + 2] * 7471 + 0x8000) >> 16
      out[i] = luma / 255
    } else for (let c = 0; c < to; c++) out[c * count + i] = data[isGrey ? at : at + c] / 255
  }
}
