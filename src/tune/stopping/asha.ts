/**
 * Asynchronous successive halving, in its stopping form (Li et al. 2020, "A system for massively
 * parallel hyperparameter tuning"; as Optuna's SuccessiveHalvingPruner): a trial goes on from a rung
 * if it is among the best 1 / eta of all that have reached it so far, and the first eta - 1 if they
 * are the best so far. `losses` holds every loss at the rung, the trial's own among them; lower is
 * better, and a loss that is no number stops.
 */
export function ashaGoesOn(loss: number, losses: readonly number[], eta: number): boolean {
  if (Number.isNaN(loss)) return false
  const sorted = losses.filter(other => !Number.isNaN(other)).sort((a, b) => a - b)
  return loss <= sorted[Math.max(0, Math.floor(sorted.length / eta) - 1)]
}

/** Rungs of a run of `epochs`: grace, grace eta, grace eta^2, ... below it, and the whole run. */
export function rungsOf(epochs: number, grace: number, eta: number): number[] {
  const rungs: number[] = []
  for (let rung = grace; rung < epochs; rung *= eta) rungs.push(rung)
  return [...rungs, epochs]
}
