/** What a noise did to a sample, from the two alone. */
export interface Change {
  /** 10 log10(sum x^2 / sum (y - x)^2); null where nothing changed or the sample is silent. */
  readonly snrDb: number | null
  /** 10 log10(range^2 / mean (y - x)^2), range 1 of pictures and 2 of sound; null where nothing changed. */
  readonly psnrDb: number | null
  /** Standard deviation of y - x. */
  readonly deviation: number
  /** Share of the values that are another. */
  readonly changed: number
  /** Share of the values that lie at either end of the range, where they were not before. */
  readonly saturated: number
}

/** Compares a sample with its noisy form; `range` is what both keep to. */
export function changeOf(
  x: Float32Array,
  y: Float32Array,
  [low, high]: readonly [number, number],
): Change {
  const sums = { signal: 0, error: 0, square: 0, changed: 0, saturated: 0 }
  for (let i = 0; i < x.length; i++) {
    const difference = y[i] - x[i]
    sums.signal += x[i] * x[i]
    sums.error += difference
    sums.square += difference * difference
    if (difference === 0) continue
    sums.changed++
    if (y[i] <= low || y[i] >= high) sums.saturated++
  }
  const mean = sums.error / x.length
  const decibels = (ratio: number) =>
    Number.isFinite(ratio) && ratio > 0 ? 10 * Math.log10(ratio) : null
  return {
    snrDb: decibels(sums.signal / sums.square),
    psnrDb: decibels(((high - low) ** 2 * x.length) / sums.square),
    deviation: Math.sqrt(Math.max(0, sums.square / x.length - mean * mean)),
    changed: sums.changed / x.length,
    saturated: sums.saturated / x.length,
  }
}
