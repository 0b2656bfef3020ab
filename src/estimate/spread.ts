import { quantile } from '../base/index.js'

/** How a quantity lies over the files: its tenth, fiftieth and ninetieth percentile. */
export interface Spread {
  readonly p10: number
  readonly median: number
  readonly p90: number
  /** Files it could be estimated of. */
  readonly files: number
}

/** Of the values that are there; undefined where none is. */
export function spreadOf(values: readonly (number | null | undefined)[]): Spread | undefined {
  const known = values.filter(value => typeof value === 'number').sort((a, b) => a - b)
  if (!known.length) return undefined
  const [p10, median, p90] = [0.1, 0.5, 0.9].map(share => quantile(known, share))
  return { p10, median, p90, files: known.length }
}
