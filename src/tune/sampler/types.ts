import type { Assignment, SearchSpace } from '../../recipe/index.js'

/** What a sampler knows of an earlier trial. */
export interface Observation {
  readonly point: Assignment
  /**
   * Rungs passed and objectives there, lower is better, no number where it diverged;
   * undefined while the trial runs.
   */
  readonly outcome?: { readonly rung: number; readonly losses: readonly number[] }
}

export interface Question {
  readonly space: SearchSpace
  /** Number of the trial that asks. */
  readonly index: number
  readonly seed: number
  /** Every earlier trial that did not fail, in order. */
  readonly history: readonly Observation[]
}

/** The next point as a function of the question alone; undefined when there is none left. */
export type Sampler = (question: Question) => Assignment | undefined
