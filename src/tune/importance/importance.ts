import type { Assignment, Parameter } from '../../recipe/index.js'
import type { Study } from '../../record/index.js'
import { toUnit } from '../sampler/unit.js'
import type { StudyState } from '../study/state.js'
import { mainEffects } from './fanova.js'

/** Fewer measured trials tell nothing. */
export const importanceNeeds = 10

/**
 * What each parameter explains of each objective. Every trial counts with its last measures; how far
 * it came is one more dimension, taken out again: share_j = V_j / (V - V_length).
 */
export function importanceOf(state: StudyState): NonNullable<Study['importance']> {
  const trials = state.searched.filter(trial => trial.results.length)
  const { parameters } = state.space
  if (trials.length < importanceNeeds || !parameters.length) return []
  return state.settings.objectives.flatMap(({ name }) => {
    const measured = trials.filter(trial => trial.results.at(-1)!.values[name] !== undefined)
    const values = measured.map(trial => trial.results.at(-1)!.values[name])
    const rows = measured.map(({ point, results }) => [
      ...parameters.map(parameter => unitOf(parameter, point)),
      (results.at(-1)!.rung + 0.5) / state.rungs.length,
    ])
    const effects = rows.length && mainEffects(rows, values, state.settings.seed)
    if (!effects) return []
    const rest = Math.max(1e-9, 1 - (effects.at(-1) as number))
    const shares = parameters.map((p, i) => [p.name, Math.min(1, effects[i] / rest)] as const)
    return [{ objective: name, trials: measured.length, shares: Object.fromEntries(shares) }]
  })
}

/** Where a trial stands on a parameter's scale; in the middle where it does not have it. */
function unitOf({ name, domain }: Parameter, point: Assignment): number {
  const value = point[name]
  if (value === undefined) return 0.5
  if (domain.kind === 'range') return toUnit(domain, value as number)
  return (domain.values.indexOf(value) + 0.5) / domain.values.length
}
