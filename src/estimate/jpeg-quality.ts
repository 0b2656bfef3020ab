import { keyOf } from '../base/index.js'
import { noiseOf } from '../noise/index.js'

/** The luminance table of the JPEG standard (ITU-T T.81, K.1) in zigzag order. */
const standard = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
  29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
  95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
]

/**
 * The quality, 1 to 100 on the scale of the Independent JPEG Group, that an image was compressed with:
 * of a JPEG file from its first table, of other files by compressing again. Undefined where no trace of
 * a compression is found.
 */
export function jpegQuality(
  bytes: Uint8Array,
  samples: Float32Array,
  shape: readonly number[],
): number | undefined {
  const table = luminanceTable(bytes)
  return table ? qualityOfTable(table) : ghostOf(samples, shape)
}

/** The first quantisation table of a JPEG file, in zigzag order. */
function luminanceTable(bytes: Uint8Array): number[] | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const [marker, size] = [bytes[at + 1], bytes[at + 2] * 256 + bytes[at + 3]]
    if (marker === 0xda) return undefined
    if (marker === 0xdb) {
      const wide = bytes[at + 4] >> 4
      const from = at + 5
      if (from + 64 * (wide + 1) > bytes.length) return undefined
      return standard.map((_, k) =>
        wide ? bytes[from + 2 * k] * 256 + bytes[from + 2 * k + 1] : bytes[from + k],
      )
    }
    at += 2 + size
  }
  return undefined
}

/** The scale s of q = s standard, as the quality 50 / s below 50 and 100 - 50 s above. */
function qualityOfTable(table: readonly number[]): number {
  // Entries that are cut off at 1 or 255 say less.
  const told = table.flatMap((q, k) => (q > 1 && q < 255 ? [q / standard[k]] : []))
  if (!told.length) return 100
  const scale = told.reduce((a, b) => a + b) / told.length
  return Math.round(Math.min(100, Math.max(1, scale > 1 ? 50 / scale : 100 - 50 * scale)))
}

const qualities = Array.from({ length: 19 }, (_, k) => 5 + 5 * k)
const most = 256

/**
 * JPEG ghosts (Farid 2009): compressed again at the quality it was compressed with before, an image
 * hardly changes. Where the change against the quality has a dip to less than half of its neighbours',
 * that is the quality, to the nearest 5.
 */
function ghostOf(samples: Float32Array, shape: readonly number[]): number | undefined {
  const { grey, height, width } = cornerOf(samples, shape)
  if (height < 16 || width < 16) return undefined
  const noise = noiseOf('input', 'jpeg_compression')
  const out = new Float32Array(grey.length)
  const context = { shape: [1, height, width] }
  const changes = qualities.map(quality => {
    noise.apply(grey, out, { quality }, keyOf(0, 'ghost'), context)
    return out.reduce((sum, value, i) => sum + (value - grey[i]) ** 2, 0) / grey.length
  })
  let found: { quality: number; depth: number } | undefined
  for (let k = 1; k < qualities.length - 1; k++) {
    const depth = changes[k] / Math.min(changes[k - 1], changes[k + 1])
    if (depth < 0.5 && (!found || depth < found.depth)) found = { quality: qualities[k], depth }
  }
  return found?.quality
}

/** The upper left of the luminance, whole blocks of 8, at most 256 x 256. */
function cornerOf(samples: Float32Array, [channels, rows, columns]: readonly number[]) {
  const [height, width] = [rows, columns].map(side => Math.min(most, side - (side % 8)))
  const size = rows * columns
  const grey = new Float32Array(height * width)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * columns + x
      const luma =
        channels < 3
          ? samples[i]
          : 0.299 * samples[i] + 0.587 * samples[size + i] + 0.114 * samples[2 * size + i]
      grey[y * width + x] = Math.round(luma * 255) / 255
    }
  return { grey, height, width }
}
