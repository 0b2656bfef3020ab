import {
  betaCdf,
  exactExp,
  fold,
  type Key,
  keyOf,
  normalCdf,
  Random,
} from '../../src/base/index.js'
import { sharedKernels } from '../../src/kernels/index.js'
import { noiseOf } from '../../src/noise/index.js'
import { beta, dirichlet, logGamma, polarNormal } from '../../src/noise/mix/beta.js'

/** One distribution that noises draw from, and what it should be. */
export interface Distribution {
  readonly name: string
  /** Draws in one go; each of them in place. */
  fill(out: Float32Array | Float64Array, key: Key): void
  /** P(X <= x) and P(X > x), each exact where it is small. */
  below(x: number): number
  above(x: number): number
  /** Where about 1e-5 of the draws lie beyond, on either side. */
  readonly tails: readonly [number, number]
  readonly mean: number
  readonly variance: number
  /** Fourth central moment. */
  readonly fourth: number
  /** Drawn one by one, in double precision. */
  readonly slow?: boolean
  /** Takes single numbers only. */
  readonly discrete?: boolean
}

const chunk = 1 << 16

/** An input noise at a level, on samples that all hold `value`. */
function added(kind: string, level: Record<string, number>, value: number): Distribution['fill'] {
  return (out, key) => {
    const noise = noiseOf('input', kind)
    for (let from = 0; from < out.length; from += chunk) {
      const part = out.subarray(from, Math.min(out.length, from + chunk)) as Float32Array
      noise.apply(part.fill(value), part, level, fold(key, from), { shape: [part.length] })
    }
  }
}

const drawn = (draw: (random: Random) => number): Pick<Distribution, 'fill' | 'slow'> => ({
  slow: true,
  fill(out, key) {
    const random = new Random(key)
    for (let i = 0; i < out.length; i++) out[i] = draw(random)
  },
})

const standardNormal = {
  below: normalCdf,
  above: (x: number) => normalCdf(-x),
  tails: [-4.265, 4.265],
  ...{ mean: 0, variance: 1, fourth: 3 },
} as const

const even = (low: number, high: number) => {
  const width = high - low
  return {
    below: (x: number) => (x - low) / width,
    above: (x: number) => (high - x) / width,
    tails: [low + 1e-5 * width, high - 1e-5 * width],
    ...{ mean: (low + high) / 2, variance: width ** 2 / 12, fourth: width ** 4 / 80 },
  } as const
}

const half = (x: number) => Math.exp(-Math.abs(x)) / 2
const laplace = {
  below: (x: number) => (x < 0 ? half(x) : 1 - half(x)),
  above: (x: number) => (x > 0 ? half(x) : 1 - half(x)),
  tails: [-10.82, 10.82],
  ...{ mean: 0, variance: 2, fourth: 24 },
} as const

/** Gamma numbers of a shape, with their distribution function and tails. */
function gamma(
  shape: number,
  above: (x: number) => number,
  below: (x: number) => number,
  tails: readonly [number, number],
): Distribution {
  return {
    name: `Gamma(${shape})`,
    ...drawn(random => exactExp(logGamma(shape, random))),
    ...{ below, above, tails, mean: shape, variance: shape, fourth: 3 * shape ** 2 + 6 * shape },
  }
}

/** e^-x (1 + x + x^2 / 2 + x^3 / 6): above x for Gamma(4). */
const fourArrivals = (x: number) => Math.exp(-x) * (1 + x * (1 + (x / 2) * (1 + x / 3)))

function betaMoments(a: number, b: number) {
  const sum = a + b
  const variance = (a * b) / (sum ** 2 * (sum + 1))
  const excess =
    (6 * ((a - b) ** 2 * (sum + 1) - a * b * (sum + 2))) / (a * b * (sum + 2) * (sum + 3))
  return { mean: a / sum, variance, fourth: (3 + excess) * variance ** 2 }
}

const betaOf = (a: number, b: number, tails: readonly [number, number]) => ({
  below: (x: number) => betaCdf(x, a, b),
  above: (x: number) => betaCdf(1 - x, b, a),
  tails,
  ...betaMoments(a, b),
})

/** Chances of 0, 1, ... of a Poisson number, and how many are at most k. */
function poisson(mean: number, tails: readonly [number, number]): Distribution {
  const sums = [0]
  let logChance = -mean
  for (let k = 0; k < 3 * mean + 60; k++) {
    if (k > 0) logChance += Math.log(mean / k)
    sums.push(sums[k] + Math.exp(logChance))
  }
  const at = (k: number) => sums[Math.min(sums.length - 1, Math.max(0, Math.floor(k) + 1))]
  return {
    name: `Poisson, mean ${mean}`,
    discrete: true,
    fill(out, key) {
      const counts = out as Float32Array
      sharedKernels().poisson(counts.fill(mean), counts, { scale: 1 }, key)
    },
    ...{ below: at, above: k => 1 - at(k), tails },
    ...{ mean, variance: mean, fourth: mean + 3 * mean ** 2 },
  }
}

/** A share of values that a noise replaces. */
function share(kind: string, level: Record<string, number>, chance: number): Distribution {
  const variance = chance * (1 - chance)
  return {
    name: `share of ${kind}, ${chance}`,
    discrete: true,
    fill(out, key) {
      added(kind, level, 0.5)(out, key)
      for (let i = 0; i < out.length; i++) out[i] = out[i] === 0.5 ? 0 : 1
    },
    below: x => (x < 1 ? 1 - chance : 1),
    above: x => (x < 1 ? chance : 0),
    tails: [0, 0],
    ...{ mean: chance, variance, fourth: variance * (1 - 3 * variance) },
  }
}

/** Every distribution that the noises draw from. */
export const distributions: readonly Distribution[] = [
  { name: 'gaussian', fill: added('gaussian', { sigma: 1 }, 0), ...standardNormal },
  {
    name: 'speckle, of 1',
    fill: added('speckle', { sigma: 1 }, 1),
    ...standardNormal,
    below: x => normalCdf(x - 1),
    above: x => normalCdf(1 - x),
    ...{ tails: [-3.265, 5.265], mean: 1 },
  },
  { name: 'uniform', fill: added('uniform', { halfWidth: 1 }, 0), ...even(-1, 1) },
  { name: 'impulse values', fill: added('impulse', { amount: 1 }, 0), ...even(0, 1) },
  { name: 'laplace', fill: added('laplace', { scale: 1 }, 0), ...laplace },
  share('salt_and_pepper', { amount: 0.05, salt: 0.5 }, 0.05),
  share('masking', { amount: 0.3, fill: 0 }, 0.3),
  poisson(0.3, [0, 5]),
  poisson(4, [0, 14]),
  poisson(25, [7, 48]),
  poisson(60, [30, 95]),
  poisson(200, [143, 262]),
  { name: 'normal, polar', ...drawn(polarNormal), ...standardNormal },
  { name: 'even, one by one', ...drawn(random => random.float()), ...even(0, 1) },
  gamma(
    0.5,
    x => 2 * normalCdf(-Math.sqrt(2 * x)),
    x => 1 - 2 * normalCdf(-Math.sqrt(2 * x)),
    [7.854e-11, 9.755],
  ),
  gamma(
    1,
    x => Math.exp(-x),
    x => -Math.expm1(-x),
    [1e-5, 11.513],
  ),
  gamma(4, fourArrivals, x => 1 - fourArrivals(x), [0.1269, 19.9]),
  {
    name: 'Beta(0.5, 0.5)',
    ...drawn(random => beta(0.5, 0.5, random)),
    ...betaOf(0.5, 0.5, [2.467e-10, 1 - 2.467e-10]),
  },
  {
    name: 'Beta(2, 5)',
    ...drawn(random => beta(2, 5, random)),
    ...betaOf(2, 5, [8.17e-4, 0.9308]),
  },
  {
    name: 'Dirichlet(1, 1, 1), a weight',
    ...drawn(random => dirichlet(3, 1, random)[0]),
    ...betaOf(1, 2, [5e-6, 0.99684]),
  },
]

/** What was seen, each in standard errors; `distance` is the Kolmogorov-Smirnov statistic times sqrt(n). */
export interface Seen {
  readonly distance: number
  readonly mean: number
  readonly variance: number
  readonly lowTail: number
  readonly highTail: number
}

/** Draws n numbers and compares. */
export function examine(of: Distribution, n: number, key = keyOf(11, of.name)): Seen {
  const values = of.slow ? new Float64Array(n) : new Float32Array(n)
  of.fill(values, key)
  let sum = 0
  for (const value of values) sum += value - of.mean
  let squares = 0
  for (const value of values) squares += (value - of.mean) ** 2
  values.sort()
  const [low, high] = of.tails
  const under = of.discrete ? upTo(values, low) : before(values, low)
  return {
    distance: Math.sqrt(n) * (of.discrete ? steps(values, of) : supremum(values, of)),
    mean: sum / Math.sqrt(n * of.variance),
    variance: (squares - n * of.variance) / Math.sqrt(n * (of.fourth - of.variance ** 2)),
    lowTail: score(under, n, of.below(low)),
    highTail: score(n - upTo(values, high), n, of.above(high)),
  }
}

type Sorted = Float32Array | Float64Array

function score(count: number, n: number, chance: number): number {
  return (count - n * chance) / Math.sqrt(n * chance * (1 - chance))
}

/** How many sorted values are at most x. */
function upTo(values: Sorted, x: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle] <= x) low = middle + 1
    else high = middle
  }
  return low
}

/** How many sorted values are less than x. */
function before(values: Sorted, x: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle] < x) low = middle + 1
    else high = middle
  }
  return low
}

const stride = 16

/** sup |F_n - F|, looked at on every sixteenth value; what lies between can add 16 / n, which is added. */
function supremum(values: Sorted, { below }: Distribution): number {
  const n = values.length
  let distance = 0
  for (let i = 0; i < n; i += stride) {
    const chance = below(values[i])
    distance = Math.max(distance, (i + 1) / n - chance, chance - i / n)
  }
  return distance + stride / n
}

/** The same for whole numbers, where it is at most what the table of the statistic expects. */
function steps(values: Sorted, { below }: Distribution): number {
  let distance = 0
  for (let k = values[0]; k <= values[values.length - 1]; k++)
    distance = Math.max(distance, Math.abs(upTo(values, k) / values.length - below(k)))
  return distance
}
