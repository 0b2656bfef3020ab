/** What follows from a state, and from nothing else: decisions at rungs, the next trial, the finalists. */
import { finalistsOf } from '../finalists.js'
import { samplers } from '../sampler/index.js'
import { ashaGoesOn } from '../stopping/asha.js'
import { halvingGoesOn } from '../stopping/halving.js'
import { medianGoesOn } from '../stopping/median.js'
import type { DecisionEntry, Entry, TrialEntry } from './entries.js'
import type { StudyState, TrialState } from './state.js'

/** The next entry that follows without any work being done; undefined when work has to come first. */
export function follows(state: StudyState): Entry | undefined {
  for (const trial of state.trials.filter(({ isWaiting }) => isWaiting)) {
    const entry = decision(state, trial)
    if (entry) return entry
  }
  if (state.trials.some(({ status }) => status === 'running') || nextTrial(state)) return undefined
  if (!state.finalists) return { type: 'finalists', trials: finalistsOf(state) }
  return nextRepeat(state, state.finalists)
}

/** The next trial of the search; undefined when there are as many as wanted, or a grid is at its end. */
export function nextTrial(state: StudyState): TrialEntry | undefined {
  const index = state.searched.length
  if (index >= state.wanted) return undefined
  const { sampler, seed } = state.settings
  const point = samplers[sampler]({ space: state.space, index, seed, history: state.history() })
  return point && { type: 'trial', trial: state.trials.length, point, seed }
}

/** The next run of a finalist with another seed: each has as many as asked, the search's own counted. */
function nextRepeat(state: StudyState, finalists: readonly number[]): TrialEntry | undefined {
  const { repeats, seed } = state.settings
  const isThere = (index: number, wanted: number) =>
    state.trials.some(trial => trial.repeats === index && trial.seed === wanted)
  for (let n = 1; n < repeats; n++) {
    const index = finalists.find(finalist => !isThere(finalist, seed + n))
    if (index === undefined) continue
    const { point } = state.trials[index]
    return { type: 'trial', trial: state.trials.length, point, seed: seed + n, repeats: index }
  }
  return undefined
}

function decision(state: StudyState, trial: TrialState): DecisionEntry | undefined {
  const { stopping } = state.settings
  if (stopping === 'median') return byMedian(state, trial)
  return stopping === 'halving' ? atBarrier(state, trial) : byAsha(state, trial)
}

function byAsha(state: StudyState, trial: TrialState): DecisionEntry {
  const { eta } = state.settings
  const losses = state.lossesAt(trial.rung).map(({ loss }) => loss)
  const goesOn = ashaGoesOn(lossOfTrial(state, trial, trial.rung), losses, eta)
  return verdict(state, trial, goesOn, `the best 1/${eta} of the ${losses.length} that came so far`)
}

function byMedian(state: StudyState, trial: TrialState): DecisionEntry {
  const own = trial.results.map(({ rung }) => lossOfTrial(state, trial, rung))
  const complete = state
    .lossesAt(trial.rung)
    .filter(found => found.trial.status === 'complete')
    .map(({ loss }) => loss)
  const group = `the better half of the ${complete.length} complete ones`
  return verdict(state, trial, medianGoesOn(own, complete), group)
}

/** Nothing is decided until every trial that is to come to the rung has come. */
function atBarrier(state: StudyState, trial: TrialState): DecisionEntry | undefined {
  const isStillToCome = ({ status, rung, isWaiting }: TrialState) =>
    status === 'running' && (rung < trial.rung || (rung === trial.rung && !isWaiting))
  if (nextTrial(state) || state.searched.some(isStillToCome)) return undefined
  const at = state.lossesAt(trial.rung)
  const losses = at.map(({ loss }) => loss)
  const goesOn = halvingGoesOn(losses, state.settings.eta).some(i => at[i].trial === trial)
  return verdict(state, trial, goesOn, `the best 1/${state.settings.eta} of ${at.length}`)
}

function verdict(
  state: StudyState,
  { index, rung }: TrialState,
  goesOn: boolean,
  group: string,
): DecisionEntry {
  const epochs = state.rungs[rung]
  const reason = `at ${epochs} epoch${epochs === 1 ? '' : 's'} it was ${goesOn ? '' : 'not '}among ${group}`
  return { type: 'decision', trial: index, rung, goesOn, reason }
}

function lossOfTrial(state: StudyState, trial: TrialState, rung: number): number {
  return state.lossesAt(rung).find(found => found.trial === trial)?.loss ?? Number.NaN
}
