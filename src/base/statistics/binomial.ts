import { betaCdf, betaQuantile, binomialDensity } from './beta.js'
import { normalQuantile } from './normal.js'

/** Lower and upper end. */
export type Interval = readonly [low: number, high: number]

export type Alternative = 'less' | 'greater' | 'two-sided'

/** P(X <= k) for X from Binomial(n, p). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0
  return k >= n ? 1 : betaCdf(1 - p, n - k, k + 1, p)
}

/** P(X >= k) for X from Binomial(n, p). */
export function binomialSurvival(k: number, n: number, p: number): number {
  if (k <= 0) return 1
  return k > n ? 0 : betaCdf(p, k, n - k + 1)
}

/**
 * The exact binomial test of k successes in n against the rate p: the p-value. Two-sided adds
 * every outcome that is no more likely than k.
 */
export function binomialTest(
  k: number,
  n: number,
  p = 0.5,
  alternative: Alternative = 'two-sided',
): number {
  if (alternative === 'less') return binomialCdf(k, n, p)
  if (alternative === 'greater') return binomialSurvival(k, n, p)
  if (k === n * p) return 1
  const likely = binomialDensity(k, n, p) * (1 + 1e-7)
  if (k < n * p) {
    // The other tail falls from the mode to n: its first outcome that is no more likely.
    const from = firstWhere(Math.ceil(n * p), n + 1, i => binomialDensity(i, n, p) <= likely)
    return Math.min(1, binomialCdf(k, n, p) + binomialSurvival(from, n, p))
  }
  const from = firstWhere(0, Math.floor(n * p) + 1, i => binomialDensity(i, n, p) > likely)
  return Math.min(1, binomialCdf(from - 1, n, p) + binomialSurvival(k, n, p))
}

/** The first whole number in [low, high) for which a condition that stays true becomes true. */
function firstWhere(low: number, high: number, holds: (i: number) => boolean): number {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    if (holds(middle)) to = middle
    else from = middle + 1
  }
  return from
}

/**
 * The one-sided lower bound of Clopper and Pearson (1934): with probability 1 - alpha the rate is at
 * least this. The alpha quantile of Beta(k, n - k + 1); 0 when k is 0.
 */
export function clopperPearsonLower(k: number, n: number, alpha: number): number {
  return k === 0 ? 0 : betaQuantile(alpha, k, n - k + 1)
}

/** The one-sided upper bound; 1 when k is n. */
export function clopperPearsonUpper(k: number, n: number, alpha: number): number {
  return k === n ? 1 : 1 - betaQuantile(alpha, n - k, k + 1)
}

/** The exact two-sided interval: alpha / 2 on each side. */
export function clopperPearson(k: number, n: number, confidence = 0.95): Interval {
  const half = (1 - confidence) / 2
  return [clopperPearsonLower(k, n, half), clopperPearsonUpper(k, n, half)]
}

/**
 * Wilson's score interval (1927) of a rate:
 *   (k + z^2/2) / (n + z^2)  +-  z / (n + z^2) sqrt(k (n-k) / n + z^2 / 4).
 * [0, 1] when nothing was counted.
 */
export function wilsonInterval(k: number, n: number, confidence = 0.95): Interval {
  if (n === 0) return [0, 1]
  const z = normalQuantile(0.5 + confidence / 2)
  const center = (k + (z * z) / 2) / (n + z * z)
  const half = (z / (n + z * z)) * Math.sqrt((k * (n - k)) / n + (z * z) / 4)
  return [k === 0 ? 0 : Math.max(0, center - half), k === n ? 1 : Math.min(1, center + half)]
}
