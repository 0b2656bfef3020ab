import sharp, { type Sharp } from 'sharp'
import { DataError, expected } from '../base/index.js'

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
  /** Filter of the resize; default `bilinear`. All of them smooth before they shrink. */
  interpolation?: Interpolation
}

/**
 * `stretch`: both sides as asked. `crop`: the shorter side to `shortestEdge` (default: so that the
 * image just covers the size), then the middle. `letterbox`: all of it, with grey bars (114/255).
 */
export interface ResizeRule {
  rule: 'stretch' | 'crop' | 'letterbox'
  shortestEdge?: number
}

export type Interpolation = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos'

const kernels = {
  nearest: 'nearest',
  bilinear: 'linear',
  bicubic: 'cubic',
  lanczos: 'lanczos3',
} as const

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
  const { space, channels, autoOrient } = await guarded(where, () => load(bytes, where).metadata())
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
  const { channels, height, width } = decoding
  const image = load(bytes, where).autoOrient().timeout({ seconds: SECONDS })
  const { data, info } = await guarded(where, async () => {
    if (decoding.resize) await resize(image, bytes, decoding, where)
    return image
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
  })
  if (info.height !== height || info.width !== width)
    throw new DataError(
      expected(
        where,
        `an image ${height}x${width} (height x width) like the others`,
        `${info.height}x${info.width}`,
        'Say one size for all with `size` in --preprocess.',
      ),
    )
  writePlanes(data, info.channels, channels, out)
}

function load(bytes: Uint8Array, where: string): Sharp {
  if (!imageFormat(bytes))
    throw new DataError(expected(where, 'a PNG, JPEG or WebP image', 'other bytes'))
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

async function resize(
  image: Sharp,
  bytes: Uint8Array,
  decoding: ImageDecoding,
  where: string,
): Promise<void> {
  const { height, width, interpolation = 'bilinear' } = decoding
  const { rule, shortestEdge } = decoding.resize!
  const kernel = kernels[interpolation]
  if (rule === 'stretch') image.resize(width, height, { fit: 'fill', kernel })
  else if (rule === 'letterbox')
    image.resize(width, height, { fit: 'contain', kernel, background: { r: 114, g: 114, b: 114 } })
  else {
    const head = await imageHead(bytes, where)
    const covered = covering(head, { height, width }, shortestEdge)
    image.resize(covered.width, covered.height, { fit: 'fill', kernel }).extract({
      top: Math.round((covered.height - height) / 2),
      left: Math.round((covered.width - width) / 2),
      height,
      width,
    })
  }
}

interface Size {
  height: number
  width: number
}

/** The size before the crop: the shorter side to `edge`, the longer in proportion, rounded down. */
function covering(from: Size, to: Size, edge?: number): Size {
  const scale = edge
    ? edge / Math.min(from.height, from.width)
    : Math.max(to.height / from.height, to.width / from.width)
  // the small term keeps an exact side from falling below itself
  const side = (length: number, least: number) => Math.max(least, Math.floor(length * scale + 1e-6))
  return { height: side(from.height, to.height), width: side(from.width, to.width) }
}

/** Interleaved bytes as planes in [0,1]; colour to grey by ITU-R 601-2 luma in 16-bit fixed point. */
function writePlanes(pixels: Uint8Array, from: number, to: number, out: Float32Array): void {
  const count = pixels.length / from
  for (let i = 0; i < count; i++) {
    const at = i * from
    const isGrey = from < 3
    if (to === 1) {
      const luma = isGrey
        ? pixels[at]
        : (pixels[at] * 19595 + pixels[at + 1] * 38470 + pixels[at + 2] * 7471 + 0x8000) >> 16
      out[i] = luma / 255
    } else for (let c = 0; c < to; c++) out[c * count + i] = pixels[isGrey ? at : at + c] / 255
  }
}
