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
 * its farther neighbour, within [1 / min(100, 1 + n), 1]. With `step` above 0 the density is the
 * kernel's mass within half a step.
 */
export function rangeEstimator(
  values: readonly number[],
  weights: readonly number[],
  step: number,
): Estimator {
  const centres = [...values, 0.5]
  const widths = [...bandwidths(centres).slice(0, -1), 1]
  const shares = withPrior(weights)
  const masses = centres.map((centre, i) => mass(0, 1, centre, widths[i]))
  return {
    draw(random) {
      const i = pick(shares, random.float())
      const [low, high] = [
        normalCdf((0 - centres[i]) / widths[i]),
        normalCdf((1 - centres[i]) / widths[i]),
      ]
      const p = low + random.float() * (high - low)
      return Math.min(
        1,
        Math.max(
          0,
          centres[i] + widths[i] * normalQuantile(Math.min(1 - 1e-16, Math.max(1e-300, p))),
        ),
      )
    },
    logDensity: value =>
      Math.log(
        shares.reduce((sum, share, i) => {
          const density =
            step > 0
              ? mass(
                  Math.max(0, value - step / 2),
                  Math.min(1, value + step / 2),
                  centres[i],
                  widths[i],
                )
              : normalDensity((value - centres[i]) / widths[i]) / widths[i]
          return sum + (share * density) / masses[i]
        }, 1e-300),
      ),
  }
}

/** Over `count` choices by their index: each observation a kernel with its share on the one observed. */
export function choiceEstimator(
  values: readonly number[],
  weights: readonly number[],
  count: number,
): Estimator {
  const shares = withPrior(weights)
  const prior = 1 / (values.length + 1)
  const chances = Array.from({ length: count }, (_, choice) =>
    shares.reduce((sum, share, i) => {
      const hit = values[i] === choice ? 1 : 0
      return (
        sum +
        (share * (prior + (i < values.length ? hit : 0))) /
          (count * prior + (i < values.length ? 1 : 0))
      )
    }, 0),
  )
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

/** Weights of the observations and the prior's, 1, adding up to 1. */
function withPrior(weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 1)
  return [...weights, 1].map(weight => weight / sum)
}

function pick(shares: readonly number[], u: number): number {
  let left = u
  const found = shares.findIndex(share => {
    left -= share
    return left < 0
  })
  return found < 0 ? shares.length - 1 : found
}

const mass = (low: number, high: number, centre: number, width: number) =>
  normalCdf((high - centre) / width) - normalCdf((low - centre) / width)

const normalDensity = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)
