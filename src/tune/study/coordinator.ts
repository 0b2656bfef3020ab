/** The one that owns the truth: it alone writes the journal, and believes nothing else. */
import { ResumableError, UsageError } from '../../base/index.js'
import { type Journal, temperVersion } from '../../record/index.js'
import type { TrialResult } from '../../train/index.js'
import { follows, nextTrial } from './decide.js'
import type { Attempt, Entry, StudyEntry } from './entries.js'
import type { Carrier, Job, Progress } from './job.js'
import { type StudySettings, studyId } from './settings.js'
import { StudyState, type TrialState } from './state.js'

/** A part that got lost more often is given up, and its trial with it. */
const lossesAllowed = 3

export interface CoordinatorOptions {
  readonly journal: Journal<Entry>
  readonly carrier: (study: StudyEntry) => Carrier
  /** Of a study that begins; one that goes on has them in its journal. */
  readonly settings?: StudySettings
  /** Told of each entry once it is written. */
  readonly onEntry?: (entry: Entry, state: StudyState) => void
  readonly onProgress?: (job: Job, progress: Progress) => void
  /** Asks all jobs to save; what is done so far is kept. */
  readonly signal?: AbortSignal
  readonly killSignal?: AbortSignal
}

export class Coordinator {
  readonly state: StudyState
  private readonly carrier: Carrier
  /** Jobs on their way by trial; each resolves with what is to be done about its end. */
  private readonly flights = new Map<number, Promise<() => void>>()
  /** Aborts when the study cannot go on, so that no job outlives it. */
  private readonly broken = new AbortController()

  constructor(private readonly options: CoordinatorOptions) {
    const { journal, settings } = options
    const entries = [...journal.entries]
    if (!entries.length) {
      if (!settings) throw new UsageError('tune: there is no study to go on with.')
      const id = studyId(settings)
      entries.push({ type: 'study', id, version: temperVersion, settings })
      journal.append(entries[0])
    }
    this.state = StudyState.replay(entries)
    this.carrier = options.carrier(entries[0] as StudyEntry)
  }

  /** Asks for another number of trials than the study has so far. */
  ask(trials: number): void {
    if (trials !== this.state.wanted) this.write({ type: 'more', trials })
  }

  /** Works until the study is at its end (true) or the signal came (false). */
  async run(): Promise<boolean> {
    try {
      return await this.work()
    } catch (error) {
      this.broken.abort()
      await Promise.all(this.flights.values())
      throw error
    }
  }

  private async work(): Promise<boolean> {
    const { signal } = this.options
    for (;;) {
      this.conclude()
      while (!signal?.aborted && this.flights.size < this.carrier.slots && this.sendNext());
      if (!this.flights.size) return !signal?.aborted
      const land = await this.next()
      land()
    }
  }

  /** What is to be done next: about a flight that ended, or nothing, as more can fly. */
  private async next(): Promise<() => void> {
    const done = new AbortController()
    const grown = this.carrier.grown?.(done.signal).then(() => () => {})
    const land = await Promise.race([...this.flights.values(), ...(grown ? [grown] : [])])
    done.abort()
    return land
  }

  /**
   * Takes the result of a job, from wherever it comes. The first of a part counts; another is noted
   * as a duplicate. Results of other studies, or of parts nobody asked for, are not taken.
   */
  accept(job: Attempt & { readonly study: string }, result: TrialResult): boolean {
    const trial: TrialState | undefined = this.state.trials[job.trial]
    const isAsked = job.study === this.state.id && trial && job.rung <= trial.rung
    if (!isAsked || result.state === 'interrupted') return false
    const at = { trial: trial.index, rung: job.rung, attempt: job.attempt }
    const known = trial.results.find(({ rung }) => rung === job.rung)
    if (known || trial.status !== 'running') {
      const isSame = JSON.stringify(known?.values) === JSON.stringify(result.values)
      this.write({ type: 'duplicate', ...at, isSame })
      return false
    }
    const { state, values, hash } = result
    this.write({ type: 'result', ...at, state, values, hash })
    return true
  }

  /** Writes all that follows from what is known. */
  private conclude(): void {
    for (let entry = follows(this.state); entry; entry = follows(this.state)) this.write(entry)
  }

  /** Sends one job if there is one to send: first of the trials that are farthest. */
  private sendNext(): boolean {
    const [trial = this.begin()] = this.state.trials
      .filter(t => t.status === 'running' && !t.isWaiting && !this.flights.has(t.index))
      .sort((a, b) => b.rung - a.rung || a.index - b.index)
    if (trial) this.send(trial)
    return trial !== undefined
  }

  private begin(): TrialState | undefined {
    const entry = nextTrial(this.state)
    if (!entry) return undefined
    this.write(entry)
    return this.state.trials[entry.trial]
  }

  private send({ index, rung, point, seed, attempts }: TrialState): void {
    const at = { trial: index, rung, attempt: attempts + 1 }
    this.write({ type: 'dispatched', ...at })
    const { id, rungs } = this.state
    this.flights.set(index, this.fly({ study: id, ...at, point, seed, untilEpoch: rungs[rung] }))
  }

  /** Never rejects: what went wrong is thrown when the flight lands, one after another. */
  private fly(job: Job): Promise<() => void> {
    const { signal, killSignal, onProgress } = this.options
    const land = (then: () => void) => () => {
      this.flights.delete(job.trial)
      then()
    }
    const context = {
      signal: AbortSignal.any([this.broken.signal, ...(signal ? [signal] : [])]),
      killSignal,
      onProgress: (progress: Progress) => onProgress?.(job, progress),
    }
    return this.carrier.run(job, context).then(
      result => land(() => void this.accept(job, result)),
      (error: unknown) => land(() => this.lose(job, error)),
    )
  }

  private lose({ trial, rung, attempt }: Job, error: unknown): void {
    if (this.options.signal?.aborted) return
    if (!(error instanceof ResumableError)) throw error
    const reason = error.message
    this.write({ type: 'lost', trial, rung, attempt, reason })
    if (this.state.trials[trial].lost > lossesAllowed)
      this.write({ type: 'failed', trial, reason: `lost ${lossesAllowed + 1} times: ${reason}` })
  }

  private write(entry: Entry): void {
    this.options.journal.append(entry)
    this.state.apply(entry)
    if (entry.type === 'decision' && !entry.goesOn) this.carrier.release?.(entry.trial)
    this.options.onEntry?.(entry, this.state)
  }
}
