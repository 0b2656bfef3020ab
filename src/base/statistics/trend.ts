import { normalCdf } from './normal.js'

/** Evidence for a series going one way; small p-values speak for it. */
export interface Trend {
  /** Pairs that rise minus pairs that fall. */
  readonly score: number
  /** P-value of "it falls". */
  readonly falling: number
  /** P-value of "it rises". */
  readonly rising: number
}

const exactUpTo = 30

/**
 * The trend test of Mann (1945) and Kendall: exact without ties up to 30 values, else the normal
 * approximation with the variance corrected for ties,
 *   var S = (n (n-1) (2n+5) - sum over ties t (t-1) (2t+5)) / 18,
 * and a continuity correction of 1.
 */
export function mannKendall(values: readonly number[]): Trend {
  const score = kendallScore(values)
  const ties = tieLengths(values)
  const n = values.length
  if (ties.length === 0 && n <= exactUpTo)
    return { score, falling: exactTail(score, n), rising: exactTail(-score, n) }
  const weight = (t: number) => t * (t - 1) * (2 * t + 5)
  const variance = (weight(n) - ties.reduce((sum, t) => sum + weight(t), 0)) / 18
  if (!(variance > 0)) return { score, falling: 1, rising: 1 }
  const tail = (s: number) => normalCdf((s + 1) / Math.sqrt(variance))
  return { score, falling: Math.min(1, tail(score)), rising: Math.min(1, tail(-score)) }
}

function kendallScore(values: readonly number[]): number {
  let score = 0
  for (let j = 1; j < values.length; j++)
    for (let i = 0; i < j; i++) score += Math.sign(values[j] - values[i])
  return score
}

function tieLengths(values: readonly number[]): number[] {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts.values()].filter(count => count > 1)
}

/**
 * P(S <= score) over all orders of n different values. S = n (n-1) / 2 - 2 D with D discordant
 * pairs, and the share of orders with D of them grows by one factor (1 + x + ... + x^(j-1)) / j a value.
 */
function exactTail(score: number, n: number): number {
  const pairs = (n * (n - 1)) / 2
  let shares = [1]
  for (let j = 2; j <= n; j++) {
    const next = new Array<number>(shares.length + j - 1).fill(0)
    shares.forEach((share, d) => {
      for (let k = 0; k < j; k++) next[d + k] += share / j
    })
    shares = next
  }
  return shares.slice((pairs - score) / 2).reduce((sum, share) => sum + share, 0)
}
