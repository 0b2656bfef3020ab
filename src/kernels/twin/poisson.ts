import { exactLog, type Key } from '../../base/index.js'
import { blockLength, blockWords } from './generator.js'
import { clip } from './noise.js'

const { fround, imul } = Math

/** A word of a chain started by two others (Mueller's hash, as in lowbias32). */
function chained(u: number, v: number, step: number): number {
  let x = (u + imul(step, 0x9e3779b9)) | 0
  x = imul(x ^ (x >>> 16), 0x21f0aaad)
  x = imul(x ^ v ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 0
}

/** log(k!), by Stirling's series from 10 on. */
function logFactorial(k: number): number {
  let shift = 1
  let x = k + 1
  for (; x < 10; x++) shift *= x
  const inverse = 1 / x
  const square = inverse * inverse
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
  return (x - 0.5) * exactLog(x) - x + 0.9189385332046728 + series - exactLog(shift)
}

const unit = (word: number) => (word + 0.5) * 2.3283064365386963e-10

/** Hormann 1993, The transformed rejection method for generating Poisson random variables: PTRS. */
function large(mean: number, u: number, v: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const inverse = 1.1239 + 1.1328 / (b - 3.4)
  const squeeze = 0.9277 - 3.6224 / (b - 2)
  for (let step = 0; ; step += 2) {
    const U = unit(chained(u, v, step)) - 0.5
    const V = unit(chained(u, v, step + 1))
    const us = 0.5 - Math.abs(U)
    const k = Math.floor(((2 * a) / us + b) * U + mean + 0.43)
    if (us >= 0.07 && V <= squeeze) return fround(k)
    if (k < 0 || (us < 0.013 && V > us)) continue
    const left = exactLog(V) + exactLog(inverse) - exactLog(a / (us * us) + b)
    if (left <= k * exactLog(mean) - mean - logFactorial(k)) return fround(k)
  }
}

/** A row of the alias table for the mean in quarters, then the remainder by inversion. */
function small(mean: number, table: Uint32Array, u: number, v: number): number {
  const quarters = fround(mean * 4)
  const row = Math.trunc(quarters)
  const rest = fround(fround(quarters - row) * 0.25)
  const column = u >>> 25
  const entry = table[row * 128 + column]
  const start = ((u >>> 1) & 0xffffff) < entry >>> 8 ? column : entry & 255
  return start + remainder(rest, fround(fround(v >>> 8) * fround(2 ** -24)))
}

const series = [1, -1, 0.5, fround(-1 / 6), fround(1 / 24)]

function remainder(rest: number, uniform: number): number {
  let chance = fround(series[4] - fround(rest * fround(1 / 120)))
  for (let i = 3; i >= 0; i--) chance = fround(series[i] + fround(rest * chance))
  let sum = chance
  let count = 0
  while (count < 8 && uniform >= sum) {
    count++
    chance = fround(chance * fround(rest / count))
    sum = fround(sum + chance)
  }
  return count
}

export function poisson(
  [x, table, out]: readonly Float32Array[],
  [scale, inverse, low, high]: readonly number[],
  key: Key,
  first: number,
): void {
  const entries = new Uint32Array(table.buffer, table.byteOffset, table.length)
  eachPair(key, first, out.length, (i, u, v) => {
    const value = x[i]
    const mean = fround(Math.max(value, 0) * scale)
    const count = mean >= 64 ? large(mean, u, v) : small(mean, entries, u, v)
    out[i] = Number.isNaN(value) ? value : clip(fround(count * inverse), low, high)
  })
}

/** Two words for every sample: word blocks 2 b and 2 b + 1 serve block b. */
function eachPair(
  key: Key,
  first: number,
  n: number,
  use: (index: number, u: number, v: number) => void,
): void {
  for (let from = 0; from < n; ) {
    const offset = (first + from) % blockLength
    const count = Math.min(n - from, blockLength - offset)
    const block = 2 * Math.floor((first + from) / blockLength)
    const [u, v] = [block, block + 1].map(b => blockWords(key, b, offset + count))
    for (let i = 0; i < count; i++) use(from + i, u[offset + i], v[offset + i])
    from += count
  }
}
