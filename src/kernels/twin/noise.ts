import type { Key } from '../../base/index.js'
import { eachSixteen } from './generator.js'
import { normalPair } from './normal.js'

const { fround } = Math

/** NaN stays NaN. */
export function clip(x: number, low: number, high: number): number {
  if (x < low) return low
  if (high < x) return high
  return x
}

export function words(out: Float32Array, key: Key, first: number): void {
  const target = new Uint32Array(out.buffer, out.byteOffset, out.length)
  eachSixteen(key, first, out.length, (source, at, from) => {
    for (let i = 0; i < 16 && from + i < out.length; i++) target[from + i] = source[at + i]
  })
}

/** Calls `use(index, z)` for every sample, z normal with standard deviation sigma. */
export function eachNormal(
  n: number,
  sigma: number,
  key: Key,
  first: number,
  use: (index: number, z: number) => void,
): void {
  eachSixteen(key, first, n, (source, at, from) => {
    for (let half = 0; half < 16; half += 8)
      for (let lane = half; lane < half + 4; lane++) {
        const [sine, cosine] = normalPair(source[at + lane], source[at + lane + 4], sigma)
        if (from + lane < n) use(from + lane, sine)
        if (from + lane + 4 < n) use(from + lane + 4, cosine)
      }
  })
}

export function normal(out: Float32Array, sigma: number, key: Key, first: number): void {
  eachNormal(out.length, sigma, key, first, (i, z) => {
    out[i] = z
  })
}

export function gaussian(
  [x, out]: readonly Float32Array[],
  [sigma, low, high]: readonly number[],
  key: Key,
  first: number,
): void {
  eachNormal(out.length, sigma, key, first, (i, z) => {
    out[i] = clip(fround(x[i] + z), low, high)
  })
}

export function uniform(
  [x, out]: readonly Float32Array[],
  [step, low, high]: readonly number[],
  key: Key,
  first: number,
): void {
  eachSixteen(key, first, out.length, (source, at, from) => {
    for (let i = 0; i < 16 && from + i < out.length; i++) {
      const noise = fround(step * fround(source[at + i] | 0))
      out[from + i] = clip(fround(x[from + i] + noise), low, high)
    }
  })
}
