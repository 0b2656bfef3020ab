import type { Assignment } from '../../recipe/index.js'
import type { TrialResult } from '../../train/index.js'
import type { StudySettings } from './settings.js'

export interface Attempt {
  readonly trial: number
  readonly rung: number
  readonly attempt: number
}

export interface StudyEntry {
  readonly type: 'study'
  readonly id: string
  readonly version: string
  readonly settings: StudySettings
}

/** A trial begins; `repeats`: it is that trial once more, with another seed. */
export interface TrialEntry {
  readonly type: 'trial'
  readonly trial: number
  readonly point: Assignment
  readonly seed: number
  readonly repeats?: number
}

export interface DispatchedEntry extends Attempt {
  readonly type: 'dispatched'
}

/** The first result of a part; it counts. */
export interface ResultEntry extends Attempt {
  readonly type: 'result'
  readonly state: TrialResult['state']
  readonly values: TrialResult['values']
  readonly hash: string
}

/** A later result of the same part; it does not count. */
export interface DuplicateEntry extends Attempt {
  readonly type: 'duplicate'
  readonly isSame: boolean
}

export interface LostEntry extends Attempt {
  readonly type: 'lost'
  readonly reason: string
}

export interface FailedEntry {
  readonly type: 'failed'
  readonly trial: number
  readonly reason: string
}

export interface DecisionEntry {
  readonly type: 'decision'
  readonly trial: number
  readonly rung: number
  readonly goesOn: boolean
  readonly reason: string
}

/** The search is over; these are trained again with other seeds. */
export interface FinalistsEntry {
  readonly type: 'finalists'
  readonly trials: readonly number[]
}

/** A later call asked for another number of trials. */
export interface MoreEntry {
  readonly type: 'more'
  readonly trials: number
}

/** What the journal of a study holds, in the order it came to be. */
export type Entry =
  | StudyEntry
  | TrialEntry
  | DispatchedEntry
  | ResultEntry
  | DuplicateEntry
  | LostEntry
  | FailedEntry
  | DecisionEntry
  | FinalistsEntry
  | MoreEntry
