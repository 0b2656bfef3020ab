/**
 * Successive halving with barriers (Jamieson & Talwalkar 2016): once every trial of a rung is
 * measured, the best n / eta of them (at least one) go on. What goes on does not depend on who came
 * first. Gives the places of those that do; equal losses go by place.
 */
export function halvingGoesOn(losses: readonly number[], eta: number): number[] {
  const measured = [...losses.keys()].filter(i => !Number.isNaN(losses[i]))
  const keep = Math.max(1, Math.floor(measured.length / eta))
  return measured.sort((a, b) => losses[a] - losses[b] || a - b).slice(0, keep)
}
