import type { Picture, Sound, ToldRun } from '../page/index.js'
import type { Scorecard } from '../record/index.js'
/** What a page is made from. */
export interface ReportInput {
  /** The first is the baseline; two or more are compared. */
  readonly scorecards: readonly Scorecard[]
  /** Differences measured on the same samples, where they were; last scorecard minus first. */
  readonly comparison?: Comparison
  /** Training runs, if the models were trained here. */
  readonly runs?: readonly ReportRun[]
  /** The same samples at growing strength. */
  readonly samples?: SampleStrip
  /** Exact command that made this, for the method section. */
  readonly command?: string
}

/** A paired difference with its 95 % interval. */
export interface Difference {
  readonly value: number
  readonly interval: readonly [number, number]
}

export interface Comparison {
  readonly clean?: Difference
  readonly mean?: Difference
}

export interface ReportRun extends ToldRun {
  /** The resolved plan, shown as it is. */
  readonly plan?: unknown
}

/** Rows of the same sample, the clean one first. */
export interface SampleStrip {
  /** What was done, in words: "gaussian noise on inputs, clipped to [0, 1]". */
  readonly noise: string
  /** One heading a column: "clean", "sigma 0.08", ... */
  readonly columns: readonly string[]
  readonly rows: readonly SampleRow[]
}

export interface SampleRow {
  /** The true class, or the sample's number where there is none. */
  readonly label: string
  readonly cells: readonly SampleCell[]
}

export interface SampleCell {
  /** Values in [0, 1], `[channel, height, width]`, as the networks were given them before normalisation. */
  readonly image?: Picture
  /** Or a waveform in [-1, 1]. */
  readonly sound?: Sound
  readonly predictions: readonly Prediction[]
}

export interface Prediction {
  /** The name of the model, as in the scorecards. */
  readonly model: string
  readonly label: string
  /** From 0 to 1. */
  readonly confidence?: number
  /** Absent where there is no label. */
  readonly correct?: boolean
}
