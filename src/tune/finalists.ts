import { lossesOf, lossOf } from './objectives.js'
import { knee, paretoRanks } from './pareto.js'
import type { StudyState, TrialState } from './study/state.js'

/** Complete trials of the search, whole runs that can be compared. */
export const completeTrials = (state: StudyState): TrialState[] =>
  state.searched.filter(trial => trial.status === 'complete')

const finalValues = (trial: TrialState) => trial.results.at(-1)!.values

/** Trials that no other beats in every objective. */
export function paretoFront(state: StudyState): TrialState[] {
  const trials = completeTrials(state)
  const ranks = paretoRanks(trials.map(t => lossesOf(state.settings.objectives, finalValues(t))))
  return trials.filter((_, i) => ranks[i] === 0)
}

/** The trial at the knee of the front. */
export function kneeOf(state: StudyState): TrialState | undefined {
  const front = paretoFront(state)
  const place = front.length
    ? knee(front.map(trial => lossesOf(state.settings.objectives, finalValues(trial))))
    : undefined
  return place === undefined ? undefined : front[place]
}

/** Who is trained again: the knee of the front and the best by weighted loss. */
export function finalistsOf(state: StudyState): number[] {
  const { finalists, repeats, objectives } = state.settings
  if (repeats < 2) return []
  const loss = (trial: TrialState) => lossOf(objectives, finalValues(trial))
  const order = completeTrials(state).sort((a, b) => loss(a) - loss(b) || a.index - b.index)
  const point = kneeOf(state)
  const chosen = [...new Set([...(point ? [order[0], point] : []), ...order])]
  return chosen.slice(0, finalists).map(trial => trial.index)
}

export interface Finalist {
  readonly trial: TrialState
  /** Values of every seed, the search's own first. */
  readonly runs: readonly {
    readonly seed: number
    readonly values: Readonly<Record<string, number>>
  }[]
  /** Mean of the weighted loss over the seeds. */
  readonly loss: number
}

/** The finalists with all their seeds, best first; without repeats the best trial alone. */
export function ranking(state: StudyState): Finalist[] {
  const { objectives } = state.settings
  const complete = completeTrials(state)
  const chosen = state.finalists?.length
    ? complete.filter(({ index }) => state.finalists!.includes(index))
    : complete
  return chosen
    .map(trial => {
      const again = state.trials.filter(t => t.repeats === trial.index && t.status === 'complete')
      const runs = [trial, ...again].map(t => ({ seed: t.seed, values: finalValues(t) }))
      const losses = runs.map(({ values }) => lossOf(objectives, values))
      return { trial, runs, loss: losses.reduce((a, b) => a + b, 0) / losses.length }
    })
    .sort((a, b) => a.loss - b.loss || a.trial.index - b.trial.index)
}
