/** A study as its journal tells it: nothing is known that is not written there. */
import { InternalError } from '../../base/index.js'
import type { Assignment, SearchSpace } from '../../recipe/index.js'
import { lossesOf, lossOf } from '../objectives.js'
import type { Observation } from '../sampler/types.js'
import type { DecisionEntry, Entry, ResultEntry, TrialEntry } from './entries.js'
import { rungsOfStudy, type StudySettings, spaceOf } from './settings.js'

export interface RungResult {
  readonly rung: number
  readonly epochs: number
  readonly values: Readonly<Record<string, number>>
}

export interface TrialState {
  readonly index: number
  readonly point: Assignment
  readonly seed: number
  /** The trial it repeats with another seed. */
  readonly repeats?: number
  status: 'running' | 'complete' | 'stopped' | 'diverged' | 'failed'
  readonly results: RungResult[]
  /** The rung it works towards, or waits for a decision at. */
  rung: number
  /** Whether the rung is measured and it is not yet decided whether the trial goes on. */
  isWaiting: boolean
  /** Sendings of the present rung, and how many of them got lost. */
  attempts: number
  lost: number
  /** Why it is not complete. */
  reason?: string
}

export class StudyState {
  readonly trials: TrialState[] = []
  finalists: readonly number[] | undefined
  readonly space: SearchSpace
  readonly rungs: readonly number[]
  /** Trials the search is to have. */
  wanted: number

  private constructor(
    readonly id: string,
    readonly settings: StudySettings,
  ) {
    this.space = spaceOf(settings)
    this.rungs = rungsOfStudy(settings)
    this.wanted = settings.trials
  }

  /** Throws InternalError for a list that does not begin with the study. */
  static replay(entries: readonly Entry[]): StudyState {
    const [first, ...rest] = entries
    if (first?.type !== 'study') throw new InternalError('a journal that begins with no study')
    const state = new StudyState(first.id, first.settings)
    for (const entry of rest) state.apply(entry)
    return state
  }

  get lastRung(): number {
    return this.rungs.length - 1
  }

  /** Trials of the search itself, without repeats. */
  get searched(): readonly TrialState[] {
    return this.trials.filter(trial => trial.repeats === undefined)
  }

  /** Every earlier trial as the samplers see it. */
  history(): Observation[] {
    return this.searched
      .filter(trial => trial.status !== 'failed')
      .map(trial => this.observation(trial))
  }

  private observation({ point, status, results }: TrialState): Observation {
    const { objectives } = this.settings
    const last = results.at(-1)
    if (status === 'diverged') {
      const losses = objectives.map(() => Number.POSITIVE_INFINITY)
      return { point, outcome: { rung: results.length, losses } }
    }
    if (!last) return { point }
    return { point, outcome: { rung: last.rung, losses: lossesOf(objectives, last.values) } }
  }

  /** The figure stopping goes by, of every searched trial measured at a rung. */
  lossesAt(rung: number): { readonly trial: TrialState; readonly loss: number }[] {
    return this.searched.flatMap(trial => {
      const result = trial.results.find(found => found.rung === rung)
      return result ? [{ trial, loss: lossOf(this.settings.objectives, result.values) }] : []
    })
  }

  apply(entry: Entry): void {
    if (entry.type === 'trial') this.begin(entry)
    else if (entry.type === 'dispatched') this.trials[entry.trial].attempts = entry.attempt
    else if (entry.type === 'result') this.measure(entry)
    else if (entry.type === 'lost') this.trials[entry.trial].lost++
    else if (entry.type === 'decision') this.decide(entry)
    else if (entry.type === 'finalists') this.finalists = entry.trials
    else if (entry.type === 'failed') this.end(entry.trial, 'failed', entry.reason)
    else if (entry.type === 'more') this.ask(entry.trials)
  }

  private ask(trials: number): void {
    this.wanted = trials
    this.finalists = undefined
  }

  private begin({ trial: index, point, seed, repeats }: TrialEntry): void {
    this.trials.push({
      ...{ index, point, seed },
      ...(repeats !== undefined && { repeats }),
      status: 'running',
      results: [],
      rung: repeats === undefined ? 0 : this.lastRung,
      isWaiting: false,
      attempts: 0,
      lost: 0,
    })
  }

  private measure({ trial: index, rung, state, values }: ResultEntry): void {
    const trial = this.trials[index]
    const epochs = this.rungs[rung]
    if (state === 'diverged') {
      this.end(index, 'diverged', `its loss became no number within ${epochs} epochs`)
      return
    }
    trial.results.push({ rung, epochs, values })
    if (rung === this.lastRung) trial.status = 'complete'
    else trial.isWaiting = true
  }

  private decide({ trial: index, goesOn, reason }: DecisionEntry): void {
    const trial = this.trials[index]
    trial.isWaiting = false
    if (goesOn) Object.assign(trial, { rung: trial.rung + 1, attempts: 0, lost: 0 })
    else this.end(index, 'stopped', reason)
  }

  private end(index: number, status: TrialState['status'], reason: string): void {
    Object.assign(this.trials[index], { status, reason })
  }
}
