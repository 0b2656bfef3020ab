import type { Key } from '../../base/index.js'
import { eachSixteen } from './generator.js'
import { minusTwoLog, normalPair } from './normal.js'

const { fround } = Math

/** NaN stays NaN. */
export function clip(x: number, low: number, high: number): number {
  if (x < low) return low
  if (high < x) return high
  return x
}

export function words(out: Float32Array, key: Key, first: number): void {
  const target = new Uint32Array(out.buffer, out.byteOffset, out.length)
  eachWord(out.length, key, first, (i, word) => {
    target[i] = word
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

/** Calls `use(index, word)` for every sample. */
function eachWord(
  n: number,
  key: Key,
  first: number,
  use: (index: number, word: number) => void,
): void {
  eachSixteen(key, first, n, (source, at, from) => {
    for (let i = 0; i < 16 && from + i < n; i++) use(from + i, source[at + i])
  })
}

export function uniform(
  [x, out]: readonly Float32Array[],
  [step, low, high]: readonly number[],
  key: Key,
  first: number,
): void {
  eachWord(out.length, key, first, (i, word) => {
    out[i] = clip(fround(x[i] + fround(step * fround(word | 0))), low, high)
  })
}

export function laplace(
  [x, out]: readonly Float32Array[],
  [scale, low, high]: readonly number[],
  key: Key,
  first: number,
): void {
  const half = fround(scale * 0.5)
  eachWord(out.length, key, first, (i, word) => {
    const size = fround(minusTwoLog(word) * half)
    out[i] = clip(fround(x[i] + (word & 1 ? -size : size)), low, high)
  })
}

export function speckle(
  [x, out]: readonly Float32Array[],
  [sigma, low, high]: readonly number[],
  key: Key,
  first: number,
): void {
  eachNormal(out.length, sigma, key, first, (i, z) => {
    out[i] = clip(fround(x[i] + fround(x[i] * z)), low, high)
  })
}

export function replace(
  [x, out]: readonly Float32Array[],
  [under, over, low, high]: readonly number[],
  key: Key,
  first: number,
): void {
  eachWord(out.length, key, first, (i, word) => {
    const draw = fround(word | 0)
    if (draw < under) out[i] = low
    else if (draw > over) out[i] = high
    else out[i] = x[i]
  })
}
