import type { Answers } from './answers.js'
import type { Values } from './values.js'

/** A measure that has no value here, and why; never shown as a number. */
export interface Missing {
  readonly reason: string
}

export const missing = (reason: string): Missing => ({ reason })

/** One bin of a reliability diagram: mean confidence, accuracy, and the samples in it. */
export interface ReliabilityBin {
  readonly confidence: number
  readonly accuracy: number
  readonly samples: number
}

export type MetricValue = number | readonly (number | null)[] | readonly ReliabilityBin[] | Missing

/** What a metric cannot do without. */
export type Need = 'labels' | 'clean' | 'logits' | 'members'

/** Gathers from a stream of batches what one or more metrics are made of. */
export interface Collector<State, Batch = Answers> {
  /** An empty state for a model with this many classes (outputs, for a regression). */
  begin(columns: number): State
  update(state: State, batch: Batch): void
}

export interface Metric<State = unknown, Batch = Answers> {
  /** Its key in a JSON document. */
  readonly name: string
  /** What it says, in one line, with its definition where the name has several. */
  readonly meaning: string
  /** `1` for shares and other pure numbers. */
  readonly unit: '1' | 'nats' | 'target'
  readonly better: 'higher' | 'lower' | 'neither'
  readonly needs: readonly Need[]
  /** Where the definition stands. */
  readonly paper?: string
  /** Metrics with the same collector share one state. */
  readonly collector: Collector<State, Batch>
  result(state: State): MetricValue
}

export type RegressionMetric<State = unknown> = Metric<State, Values>

/** A row of a table whose rows have states of their own. */
export function metric<State, Batch>(row: Metric<State, Batch>): Metric<unknown, Batch> {
  return row as Metric<unknown, Batch>
}
