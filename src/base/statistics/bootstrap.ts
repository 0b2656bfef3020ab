import { fold, type Key, Random } from '../random.js'
import type { Interval } from './binomial.js'

export interface BootstrapOptions {
  /** Names the draws: the same key gives the same interval. */
  key: Key
  /** Resamples. Default 1000. */
  resamples?: number
  /** Default 0.95. */
  confidence?: number
}

/**
 * The percentile bootstrap interval of a statistic of n samples (Efron 1979). `statistic` gets the
 * indices drawn with replacement; resamples for which it is not finite are left out, and where those
 * are more than one in ten the interval is undefined: null.
 */
export function bootstrapInterval(
  n: number,
  statistic: (indices: Uint32Array) => number,
  { key, resamples = 1000, confidence = 0.95 }: BootstrapOptions,
): Interval | null {
  const indices = new Uint32Array(n)
  const values: number[] = []
  for (let r = 0; r < resamples; r++) {
    const random = new Random(fold(key, r))
    for (let i = 0; i < n; i++) indices[i] = random.below(n)
    const value = statistic(indices)
    if (Number.isFinite(value)) values.push(value)
  }
  if (n === 0 || values.length < 0.9 * resamples) return null
  values.sort((a, b) => a - b)
  const half = (1 - confidence) / 2
  return [quantile(values, half), quantile(values, 1 - half)]
}

/** The q quantile of sorted values, linear between neighbours (type 7 of Hyndman and Fan 1996). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low] + (at - low) * (sorted[high] - sorted[low])
}
