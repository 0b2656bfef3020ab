import { forwardDct, inverseDct } from './dct.js'
import { clamp } from './picture.js'

/** Bytes of one colour component, with its own sides. */
interface Component {
  readonly height: number
  readonly width: number
  readonly data: Uint8Array
}

// ITU-T T.81, tables K.1 and K.2.
const luminance = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
  14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
  92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
]
const chrominance = [
  17,
  18,
  24,
  47,
  99,
  99,
  99,
  99,
  18,
  21,
  26,
  66,
  99,
  99,
  99,
  99,
  24,
  26,
  56,
  99,
  99,
  99,
  99,
  99,
  47,
  66,
  99,
  99,
  99,
  99,
  99,
  99,
  ...new Array<number>(32).fill(99),
]

/** The Independent JPEG Group's scaling: quality 50 takes the table as it is. */
function quantizers(table: readonly number[], quality: number): number[] {
  const scale = quality < 50 ? Math.trunc(5000 / quality) : 200 - 2 * quality
  return table.map(q => clamp(Math.trunc((q * scale + 50) / 100), 1, 255))
}

/** What is left of a grey image after JPEG. */
export function jpegGrey(grey: Component, quality: number): Uint8Array {
  return throughBlocks(grey, quantizers(luminance, quality)).data
}

/**
 * What is left of an image after JPEG: luma and chroma, chroma halved both ways, quantised 8 x 8 cosine
 * coefficients, and back with smoothed chroma. The entropy coding in between loses nothing.
 */
export function jpegColour(
  planes: readonly Uint8Array[],
  height: number,
  width: number,
  quality: number,
): Uint8Array[] {
  const [y, cb, cr] = toYcc(planes)
  const luma = throughBlocks({ height, width, data: y }, quantizers(luminance, quality)).data
  const table = quantizers(chrominance, quality)
  const [blue, red] = [cb, cr].map(data => {
    const half = throughBlocks(halve({ height, width, data }), table)
    return width > 4 ? smoothDouble(half, height, width) : repeatDouble(half, height, width)
  })
  return toRgb(luma, blue, red)
}

/** Fixed-point conversion with 16 bits. */
function toYcc([r, g, b]: readonly Uint8Array[]): Uint8Array[] {
  const half = 32768
  const offset = (128 << 16) + half - 1
  const [y, cb, cr] = [0, 1, 2].map(() => new Uint8Array(r.length))
  for (let i = 0; i < r.length; i++) {
    y[i] = (19595 * r[i] + 38470 * g[i] + 7471 * b[i] + half) >> 16
    cb[i] = (-11059 * r[i] - 21709 * g[i] + 32768 * b[i] + offset) >> 16
    cr[i] = (32768 * r[i] - 27439 * g[i] - 5329 * b[i] + offset) >> 16
  }
  return [y, cb, cr]
}

function toRgb(y: Uint8Array, cb: Uint8Array, cr: Uint8Array): Uint8Array[] {
  const half = 32768
  // Clamped arrays keep to 0 and 255 by themselves.
  const [r, g, b] = [0, 1, 2].map(() => new Uint8ClampedArray(y.length))
  for (let i = 0; i < y.length; i++) {
    const [blue, red] = [cb[i] - 128, cr[i] - 128]
    r[i] = y[i] + ((91881 * red + half) >> 16)
    g[i] = y[i] + ((-22554 * blue - 46802 * red + half) >> 16)
    b[i] = y[i] + ((116130 * blue + half) >> 16)
  }
  return [r, g, b].map(plane => new Uint8Array(plane.buffer))
}

/**
 * Means of 2 x 2 pixels, edges repeated, out to whole blocks across; rounding leans down and up by
 * turns, beyond the edge too.
 */
function halve({ height, width, data }: Component): Component {
  const [h, w] = [Math.ceil(height / 2), 8 * Math.ceil(width / 16)]
  const half = new Uint8Array(h * w)
  for (let y = 0; y < h; y++) {
    const upper = 2 * y * width
    const lower = Math.min(2 * y + 1, height - 1) * width
    for (let x = 0; x < w; x++) {
      const left = Math.min(2 * x, width - 1)
      const right = Math.min(2 * x + 1, width - 1)
      const sum =
        data[upper + left] + data[upper + right] + data[lower + left] + data[lower + right]
      half[y * w + x] = (sum + 1 + (x & 1)) >> 2
    }
  }
  return { height: h, width: w, data: half }
}

/** Quantises every 8 x 8 block; beyond the edges the last pixels are repeated. */
function throughBlocks(component: Component, table: readonly number[]): Component {
  const { height, width, data } = component
  const out = new Uint8ClampedArray(data.length)
  const block = new Int32Array(64)
  for (let top = 0; top < height; top += 8)
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const y = Math.min(top + (i >> 3), height - 1)
        block[i] = data[y * width + Math.min(left + (i & 7), width - 1)] - 128
      }
      forwardDct(block)
      for (let i = 0; i < 64; i++) block[i] = quantized(block[i], table[i])
      inverseDct(block)
      const [bottom, right] = [Math.min(8, height - top), Math.min(8, width - left)]
      for (let y = 0; y < bottom; y++)
        for (let x = 0; x < right; x++) out[(top + y) * width + left + x] = block[8 * y + x] + 128
    }
  return { ...component, data: new Uint8Array(out.buffer) }
}

/** The nearest multiple of q, halves away from zero; coefficients come times 8. */
function quantized(coefficient: number, q: number): number {
  const divisor = q * 8
  const size = ((Math.abs(coefficient) + (divisor >> 1)) / divisor) | 0
  return (coefficient < 0 ? -size : size) * q
}

/** Twice the size by the triangle filter: 3/4 of the nearer, 1/4 of the further, both ways. */
function smoothDouble(half: Component, height: number, width: number): Uint8Array {
  const { height: h, width: w, data } = half
  const last = Math.ceil(width / 2) - 1
  const out = new Uint8Array(height * width)
  const columns = new Int32Array(last + 1)
  for (let y = 0; y < height; y++) {
    const near = (y >> 1) * w
    const far = clamp(y & 1 ? (y >> 1) + 1 : (y >> 1) - 1, 0, h - 1) * w
    for (let x = 0; x <= last; x++) columns[x] = 3 * data[near + x] + data[far + x]
    for (let x = 0; x < width; x++) {
      const nearer = x >> 1
      const further = clamp(x & 1 ? nearer + 1 : nearer - 1, 0, last)
      out[y * width + x] = (3 * columns[nearer] + columns[further] + (x & 1 ? 7 : 8)) >> 4
    }
  }
  return out
}

function repeatDouble({ width: w, data }: Component, height: number, width: number): Uint8Array {
  return Uint8Array.from(
    { length: height * width },
    (_, i) => data[(Math.floor(i / width) >> 1) * w + ((i % width) >> 1)],
  )
}
