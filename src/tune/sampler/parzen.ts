/**
 * Parzen estimators of one parameter, as in Bergstra et al. 2011 ("Algorithms for hyper-parameter
 * optimization") with the bandwidths of Bergstra et al. 2013: a mixture of one kernel an observation
 * and one wide kernel, the prior.
 */
import { normalCdf, normalQuantile, type Random } from '../../base/index.js'

/** A density over one parameter that can be drawn from. */
export interface Estimator {
  draw(random: Random): number
  logDensity(value: number): number
}

/**
 * Over a range, on [0, 1]. Kernels are normal, cut off at 0 and 1; each is as wide as the way to
 * its farther neighbour, within [1 / min(100, 1 + n), 1]. All have the same height, not the same mass
 * (as in Optuna up to 3.1): a kernel of a sparse place weighs more, which does better on nine of ten
 * test functions. With `step` above 0 a kernel counts with its mass within half a step.
 */
export function rangeEstimator(values: readonly number[], step: number): Estimator {
  const centres = [...values, 0.5]
  const widths = [...bandwidths(centres).slice(0, -1), 1]
  const kernels = centres.map((centre, i) => kernelOf(centre, widths[i], step))
  return {
    draw: random => kernels[random.below(kernels.length)].draw(random),
    logDensity: value =>
      Math.log(kernels.reduce((sum, { at }) => sum + at(value), 1e-300) / kernels.length),
  }
}

function kernelOf(centre: number, width: number, step: number) {
  const cdf = (value: number) => normalCdf((value - centre) / width)
  const [low, high] = [cdf(0), cdf(1)]
  const height = (z: number) => Math.exp(-0.5 * z * z)
  const mass = (value: number) =>
    cdf(Math.min(1, value + step / 2)) - cdf(Math.max(0, value - step / 2))
  return {
    at: (value: number) =>
      (step > 0 ? mass(value) : height((value - centre) / width)) / (high - low),
    draw(random: Random): number {
      const p = low + random.float() * (high - low)
      const z = normalQuantile(Math.min(1 - 2 ** -53, Math.max(Number.MIN_VALUE, p)))
      return Math.min(1, Math.max(0, centre + width * z))
    },
  }
}

/**
 * Over `count` choices by their index: an observation gives the one observed
 * (1 + p) / (1 + count p) and the others p / (1 + count p), with p = 1 / (n + 1); the prior gives all
 * the same.
 */
export function choiceEstimator(values: readonly number[], count: number): Estimator {
  const prior = 1 / (values.length + 1)
  const chances = Array.from({ length: count }, (_, choice) => {
    const hits = values.filter(value => value === choice).length
    const observed = (hits + values.length * prior) / (1 + count * prior)
    return (observed + 1 / count) / (values.length + 1)
  })
  return {
    draw: random => pick(chances, random.float()),
    logDensity: choice => Math.log(chances[choice]),
  }
}

function bandwidths(centres: readonly number[]): number[] {
  const order = centres.map((_, i) => i).sort((a, b) => centres[a] - centres[b])
  const least = 1 / Math.min(100, 1 + centres.length)
  const widths = new Array<number>(centres.length)
  for (const [place, i] of order.entries()) {
    const left = place > 0 ? centres[i] - centres[order[place - 1]] : Number.NaN
    const right = place < order.length - 1 ? centres[order[place + 1]] - centres[i] : Number.NaN
    const way = Number.isNaN(left) ? right : Number.isNaN(right) ? left : Math.max(left, right)
    widths[i] = Math.min(1, Math.max(least, Number.isNaN(way) ? 1 : way))
  }
  return widths
}

function pick(shares: readonly number[], u: number): number {
  let left = u
  const found = shares.findIndex(share => {
    left -= share
    return left < 0
  })
  return found < 0 ? shares.length - 1 : found
}
