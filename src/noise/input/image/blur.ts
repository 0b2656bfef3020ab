import { exactExp } from '../../../base/index.js'

/**
 * What lies outside: the edge value again (nearest), the image mirrored with the edge repeated
 * (reflect) or not (mirror), or zeros.
 */
export type Border = 'nearest' | 'reflect' | 'mirror' | 'zero'

/** The index inside [0, n) that a border puts at i, or -1 for zero. */
export function borderIndex(i: number, n: number, border: Border): number {
  if (i >= 0 && i < n) return i
  if (border === 'zero') return -1
  if (border === 'nearest') return i < 0 ? 0 : n - 1
  if (n === 1) return 0
  const period = border === 'reflect' ? 2 * n : 2 * n - 2
  const at = ((i % period) + period) % period
  if (at < n) return at
  return border === 'reflect' ? period - 1 - at : period - at
}

/** Gaussian weights out to `truncate` standard deviations, adding up to 1; as scipy.ndimage. */
export function gaussianWeights(sigma: number, truncate = 4): Float64Array {
  const radius = Math.floor(truncate * sigma + 0.5)
  const weights = new Float64Array(2 * radius + 1)
  let sum = 0
  for (let i = 0; i < weights.length; i++) {
    weights[i] = exactExp((-0.5 / (sigma * sigma)) * (i - radius) ** 2)
    sum += weights[i]
  }
  for (let i = 0; i < weights.length; i++) weights[i] /= sum
  return weights
}

/** Where each place of a line with `radius` more at either end is read; -1 for zero. */
function paddedIndices(length: number, radius: number, border: Border): Int32Array {
  const indices = new Int32Array(length + 2 * radius)
  for (let i = 0; i < indices.length; i++) indices[i] = borderIndex(i - radius, length, border)
  return indices
}

export interface BlurOptions {
  readonly border?: Border
  readonly truncate?: number
  /** Down the columns only. */
  readonly vertical?: boolean
}

/** Gaussian blur of one plane, down the columns and then along the rows. */
export function gaussianBlur(
  plane: Float64Array,
  height: number,
  width: number,
  sigma: number,
  { border = 'nearest', truncate = 4, vertical = false }: BlurOptions = {},
): Float64Array {
  if (sigma < 1e-15) return plane
  const weights = gaussianWeights(sigma, truncate)
  if (weights.length === 1) return plane
  const down = alongLines(
    plane,
    { lines: width, length: height, line: 1, step: width },
    weights,
    border,
  )
  if (vertical) return down
  return alongLines(down, { lines: height, length: width, line: width, step: 1 }, weights, border)
}

interface Lines {
  readonly lines: number
  readonly length: number
  /** From one line to the next, and from one value of a line to the next. */
  readonly line: number
  readonly step: number
}

function alongLines(
  plane: Float64Array,
  { lines, length, line, step }: Lines,
  weights: Float64Array,
  border: Border,
): Float64Array {
  const out = new Float64Array(plane.length)
  const radius = (weights.length - 1) / 2
  const padded = new Float64Array(length + 2 * radius)
  const sources = paddedIndices(length, radius, border)
  for (let k = 0; k < lines; k++) {
    const start = k * line
    for (let i = 0; i < padded.length; i++)
      padded[i] = sources[i] < 0 ? 0 : plane[start + sources[i] * step]
    for (let i = 0; i < length; i++) {
      // Symmetric weights: the middle, then pairs from the outside in.
      let sum = padded[i + radius] * weights[radius]
      for (let j = 0; j < radius; j++)
        sum += (padded[i + j] + padded[i + 2 * radius - j]) * weights[j]
      out[start + i * step] = sum
    }
  }
  return out
}

/** Correlation of a plane with a square kernel of odd side. */
export function filter(
  plane: Float64Array,
  height: number,
  width: number,
  kernel: Float64Array,
  border: Border = 'mirror',
): Float64Array {
  const side = Math.sqrt(kernel.length)
  const radius = (side - 1) / 2
  const padded = pad(plane, height, width, radius, border)
  const stride = width + 2 * radius
  const [offsets, weights] = [[] as number[], [] as number[]]
  for (let k = 0; k < kernel.length; k++)
    if (kernel[k] !== 0) {
      offsets.push(Math.floor(k / side) * stride + (k % side))
      weights.push(kernel[k])
    }
  return gather(padded, stride, height, width, { offsets, weights })
}

export interface Taps {
  /** From an output's own place in the padded plane. */
  readonly offsets: readonly number[]
  readonly weights: readonly number[]
}

/**
 * Each output the weighted sum of the values at its offsets, in their order, in a plane with lines of
 * `stride`; four taps a pass.
 */
export function gather(
  padded: Float64Array,
  stride: number,
  height: number,
  width: number,
  { offsets, weights }: Taps,
): Float64Array {
  const out = new Float64Array(height * width)
  for (let k = 0; k < offsets.length; k += 4) {
    const part = { offsets: offsets.slice(k, k + 4), weights: weights.slice(k, k + 4) }
    addFour(out, padded, stride, width, part)
  }
  return out
}

/** Adds up to four taps; those that are missing weigh nothing. */
function addFour(
  out: Float64Array,
  padded: Float64Array,
  stride: number,
  width: number,
  { offsets: [p, q = p, r = p, s = p], weights: [a, b = 0, c = 0, d = 0] }: Taps,
): void {
  for (let line = 0, to = 0; to < out.length; line += stride)
    for (let from = line, end = line + width; from < end; from++, to++)
      out[to] =
        out[to] +
        a * padded[from + p] +
        b * padded[from + q] +
        c * padded[from + r] +
        d * padded[from + s]
}

/** A plane with `radius` more values on every side. */
export function pad(
  plane: Float64Array,
  height: number,
  width: number,
  radius: number,
  border: Border,
): Float64Array {
  const rows = paddedIndices(height, radius, border)
  const columns = paddedIndices(width, radius, border)
  const out = new Float64Array(rows.length * columns.length)
  for (let y = 0; y < rows.length; y++) {
    if (rows[y] < 0) continue
    const line = plane.subarray(rows[y] * width, (rows[y] + 1) * width)
    const to = y * columns.length
    out.set(line, to + radius)
    for (let x = 0; x < radius; x++) {
      const [before, after] = [columns[x], columns[radius + width + x]]
      if (before >= 0) out[to + x] = line[before]
      if (after >= 0) out[to + radius + width + x] = line[after]
    }
  }
  return out
}
