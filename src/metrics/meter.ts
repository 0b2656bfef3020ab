import { type AnswerOptions, type Answers, answersOf, type OutputKind } from './answers.js'
import {
  type Collector,
  type Metric,
  type MetricValue,
  missing,
  type Need,
  type ReliabilityBin,
} from './metric.js'
import { metricsNamed, type Task, usualMetrics } from './table.js'
import type { Values } from './values.js'

/** A scorecard's measures by name; what has no value stands in `missing`. */
export interface Measures {
  samples: number
  /** Why a measure that was asked for has no value, by name. */
  missing?: Readonly<Record<string, string>>
  accuracy?: number
  /** 95 %, Wilson. */
  accuracyInterval?: [low: number, high: number]
  loss?: number
  nll?: number
  brier?: number
  ece?: number
  entropy?: number
  auroc?: number
  agreement?: number
  flipRate?: number
  meanKl?: number
  rmse?: number
  mae?: number
  r2?: number
  reliability?: ReliabilityBin[]
  classAccuracy?: (number | null)[]
  /** Any other row of the table. */
  [name: string]: unknown
}

export interface MeterOptions {
  task: Task
  /** Classes, or outputs of a regression. */
  columns: number
  /** Default: the usual ones that the data allow. */
  names?: readonly string[]
  /** Further ones beside the usual, where the data allow. */
  also?: readonly string[]
}

/** What every batch so far had. */
type Has = Record<Need, boolean>

/** Measures a stream of batches in one pass. */
export class Meter<Batch extends Answers | Values = Answers | Values> {
  private readonly rows: readonly Metric<unknown, Batch>[]
  private readonly states = new Map<Collector<unknown, Batch>, unknown>()
  private readonly asked: boolean
  private has: Has = { labels: true, clean: true, logits: true, members: true }
  private samples = 0
  private unreadable = 0

  constructor({ task, columns, names, also = [] }: MeterOptions) {
    this.asked = names !== undefined
    const rows: unknown = metricsNamed(task, names ?? [...usualMetrics[task], ...also])
    this.rows = rows as readonly Metric<unknown, Batch>[]
    for (const { collector } of this.rows)
      if (!this.states.has(collector)) this.states.set(collector, collector.begin(columns))
  }

  update(batch: Batch): void {
    this.samples += batch.samples
    this.unreadable += countUnreadable(batch)
    const here = whatItHas(batch)
    for (const need of Object.keys(here) as Need[]) this.has[need] &&= here[need]
    for (const [collector, state] of this.states) collector.update(state, batch)
  }

  result(): Measures {
    const measures: Measures = { samples: this.samples }
    const without: Record<string, string> = {}
    for (const row of this.rows) {
      const lacking = row.needs.find(need => !this.has[need])
      // Not asked for by name: what the data cannot give is simply not there.
      if (lacking && !this.asked) continue
      const value = lacking ? missing(`no ${lacking}`) : this.valueOf(row)
      if (typeof value === 'number' || Array.isArray(value)) measures[row.name] = value
      else without[row.name] = (value as { reason: string }).reason
    }
    if (Object.keys(without).length) measures.missing = without
    return measures
  }

  private valueOf(row: Metric<unknown, Batch>): MetricValue {
    if (this.samples === 0) return missing('no samples')
    const value = row.result(this.states.get(row.collector))
    if (typeof value !== 'number' || Number.isFinite(value)) return value
    return this.unreadable
      ? missing(`the model gave no numbers for ${this.unreadable} of ${this.samples} samples`)
      : missing('its value is not finite')
  }
}

function whatItHas(batch: Answers | Values): Has {
  if ('predictions' in batch)
    return {
      labels: !!batch.labels,
      clean: !!batch.clean,
      logits: !!batch.logits,
      members: !!batch.members,
    }
  return { labels: !!batch.targets, clean: !!batch.clean, logits: false, members: false }
}

function countUnreadable(batch: Answers | Values): number {
  if ('predictions' in batch) return batch.predictions.reduce((n, p) => n + (p < 0 ? 1 : 0), 0)
  const bad = new Set<number>()
  for (let at = 0; at < batch.samples * batch.columns; at++)
    if (!Number.isFinite(batch.outputs[at])) bad.add(Math.floor(at / batch.columns))
  return bad.size
}

export interface MeasureOptions {
  kind: OutputKind
  /** Numbers a sample. */
  columns: number
  labels?: ArrayLike<number>
  /** The outputs for the same samples without noise. */
  clean?: ArrayLike<number>
  names?: readonly string[]
}

/** The measures of a classifier's outputs [samples, columns], all at once. */
export function measure(values: ArrayLike<number>, options: MeasureOptions): Measures {
  const { kind, columns, labels, clean, names } = options
  const without: AnswerOptions = { kind, columns, labels }
  const answers = answersOf(values, {
    ...without,
    ...(clean && { clean: answersOf(clean, without) }),
  })
  const meter = new Meter<Answers>({ task: 'classification', columns: answers.classes, names })
  meter.update(answers)
  return meter.result()
}

/** The measures of a regression's outputs, all at once. */
export function measureRegression(values: Values, names?: readonly string[]): Measures {
  const meter = new Meter<Values>({ task: 'regression', columns: values.columns, names })
  meter.update(values)
  return meter.result()
}
