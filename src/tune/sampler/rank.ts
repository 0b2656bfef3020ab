import { paretoRanks, spread } from '../pareto.js'
import type { Observation } from './types.js'

/**
 * Indices from best to worst: more rungs first (a trial is stopped because it does badly), then lower
 * loss; with several objectives, lower Pareto rank, then what widens the front most. Running trials
 * come last.
 */
export function better(history: readonly Observation[]): number[] {
  const losses = history.map(({ outcome }) => outcome?.losses.map(finite) ?? [])
  const rungs = history.map(({ outcome }) => outcome?.rung ?? -1)
  const groups = [...new Set(rungs)].sort((a, b) => b - a)
  return groups.flatMap(rung => {
    const members = [...history.keys()].filter(i => rungs[i] === rung)
    return rung < 0 ? members : ordered(members, losses)
  })
}

const finite = (loss: number) => (Number.isFinite(loss) ? loss : Number.MAX_VALUE)

function ordered(members: readonly number[], losses: readonly (readonly number[])[]): number[] {
  const own = members.map(i => losses[i])
  if (own[0].length === 1)
    return [...members.keys()].sort((a, b) => own[a][0] - own[b][0] || a - b).map(i => members[i])
  const ranks = paretoRanks(own)
  const fronts = [...new Set(ranks)].sort((a, b) => a - b)
  return fronts.flatMap(rank => {
    const front = [...own.keys()].filter(i => ranks[i] === rank)
    return spread(front.map(i => own[i])).map(place => members[front[place]])
  })
}
