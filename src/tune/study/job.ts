import type { Assignment } from '../../recipe/index.js'
import type { TrialResult } from '../../train/index.js'

/**
 * One part of one trial: small, plain, no path and no code in it. What it computes follows from the
 * study's settings, `point`, `seed` and `untilEpoch`, so doing it twice does no harm.
 */
export interface Job {
  /** Id of the study. */
  readonly study: string
  readonly trial: number
  readonly rung: number
  /** Counts from 1; a job that got lost is sent again with the next. */
  readonly attempt: number
  readonly point: Assignment
  readonly seed: number
  readonly untilEpoch: number
}

/** Where a trial is. */
export interface Progress {
  readonly step: number
  readonly steps: number
  readonly loss: number
}

/** Takes jobs to where they are done. */
export interface Carrier {
  /** How many jobs it takes at once, now. */
  readonly slots: number
  /** Resolves when it takes more than now, or when the signal comes. */
  grown?(signal: AbortSignal): Promise<void>
  /**
   * The result of a job. Rejects with a ResumableError where it got lost and may be sent again, with
   * any other error where the study cannot go on.
   */
  run(job: Job, context: CarrierContext): Promise<TrialResult>
  /** A trial that will not go on: what was kept for going on may be thrown away. */
  release?(trial: number): void
}

export interface CarrierContext {
  /** Asks the job to save and return `interrupted`. */
  readonly signal?: AbortSignal
  /** Ends it at once. */
  readonly killSignal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}
