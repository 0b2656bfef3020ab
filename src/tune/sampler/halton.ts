import { keyOf, Random } from '../../base/index.js'
import { drawPoint } from './draw.js'
import type { Sampler } from './types.js'
import { fromUnit } from './unit.js'

/** A scrambled Halton sequence: points that keep apart in every parameter. */
export const halton: Sampler = ({ space, index, seed }) =>
  drawPoint(space, ({ domain }, dimension) =>
    fromUnit(domain, scrambledHalton(index, dimension, seed)),
  )

/** Digits that matter at double precision, whatever the base. */
const precision = 2 ** 52

/**
 * Radical inverse of the index in the dimension's prime base, each digit permuted by its own
 * permutation (Owen 2017, "A randomized Halton algorithm in R"): digits beyond the last of the index
 * are permuted zeros, so the value is uniform on [0, 1).
 */
export function scrambledHalton(index: number, dimension: number, seed: number): number {
  const base = prime(dimension)
  const key = keyOf(seed, 'tune:halton', dimension)
  let rest = index
  let value = 0
  for (let digit = 0, scale = 1 / base; scale * precision > 1; digit++, scale /= base) {
    const permutation = new Random({
      ...key,
      stream: [key.stream[0], (key.stream[1] ^ digit) >>> 0],
    })
    const order = permutation.shuffle(Array.from({ length: base }, (_, i) => i))
    value += order[rest % base] * scale
    rest = Math.floor(rest / base)
  }
  return Math.min(value, 1 - 2 ** -53)
}

const primes = [2]

function prime(n: number): number {
  for (let candidate = primes[primes.length - 1] + 1; primes.length <= n; candidate++)
    if (primes.every(p => candidate % p !== 0)) primes.push(candidate)
  return primes[n]
}
