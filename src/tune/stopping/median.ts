/** Trials that have to be complete before the rule speaks. */
export const medianNeeds = 5

/**
 * The median rule (Golovin et al. 2017, "Google Vizier"; as Optuna's MedianPruner): a trial stops
 * when the best loss it has had is worse than the median, at the same rung, of the complete trials.
 */
export function medianGoesOn(own: readonly number[], complete: readonly number[]): boolean {
  if (complete.length < medianNeeds) return true
  const sorted = complete.filter(loss => !Number.isNaN(loss)).sort((a, b) => a - b)
  const best = Math.min(...own.filter(loss => !Number.isNaN(loss)))
  if (!sorted.length || best === Number.POSITIVE_INFINITY) return best < Number.POSITIVE_INFINITY
  const middle = (sorted.length - 1) / 2
  return best <= (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2
}
