/** One pass over the data under a suite: every batch clean, then under each condition. */
import { type Batch, batches, type Dataset, featureDeviations } from '../data/index.js'
import type { Answers, Meter, Values } from '../metrics/index.js'
import type { Predictor } from '../model/index.js'
import type { Measures } from '../record/index.js'
import { AnswerReader } from './answers.js'
import type { SampleAttacker } from './attack.js'
import { DoubtMeter, type Doubts, type SampleScores } from './doubt.js'
import { Outputs } from './outputs.js'
import type { Condition, Suite } from './suites/suite.js'

export interface MeasureSuiteOptions {
  readonly predictor: Predictor
  readonly data: Dataset
  readonly suite: Suite
  readonly seed: number
  /** Of the features of a table; default: those of the data measured. */
  readonly deviations?: Float32Array
  /** Samples a session call; default 256. It changes no figure. */
  readonly batch?: number
  /** Whether corrupted images are kept on disk for the next time; default: no. */
  readonly keep?: boolean
  /** For conditions that are attacks. */
  readonly attacker?: SampleAttacker
  /** Called with each batch's answers: clean, and by condition and draw. */
  readonly onAnswers?: (
    clean: Answers | Values,
    noisy: readonly (readonly (Answers | Values)[])[],
  ) => void
  readonly onProgress?: (samples: number, of: number) => void
  /** Measures beside the usual ones: names, `detailed` or `all`. */
  readonly also?: readonly string[]
  readonly signal?: AbortSignal
}

export interface MeasuredCondition {
  readonly condition: Condition
  readonly measures: Measures
  /** Samples the noise left as they were, and why, where there were any. */
  readonly untouched?: Untouched
}

export interface Untouched {
  readonly samples: number
  readonly reason: string
}

export interface MeasuredSuite {
  readonly clean: Measures
  /** All conditions together: what `noisy` means in a check. */
  readonly noisy: Measures
  readonly conditions: readonly MeasuredCondition[]
  /** Intervals of accuracies and drops; absent where there are no labels. */
  readonly doubts?: Doubts
  /** For comparing two models on the same samples. */
  readonly sampleScores?: SampleScores
  /** Answers computed, all conditions and draws. */
  readonly answers: number
}

/** Measures clean and under every condition; the same seed draws the same noise for every model. */
export async function measureSuite(options: MeasureSuiteOptions): Promise<MeasuredSuite> {
  const { data } = options
  const deviations =
    options.deviations ?? (data.kind === 'vector' ? await featureDeviations(data) : undefined)
  const { batch = 256, onProgress, signal } = options
  const pass = new Pass(options, await Outputs.open({ ...options, batch, deviations }))
  let seen = 0
  try {
    for await (const part of batches(data, { batch, signal })) {
      await pass.add(part)
      seen += part.rows
      onProgress?.(seen, data.length)
    }
    return pass.result()
  } finally {
    await pass.close()
  }
}

class Pass {
  private readonly reader: AnswerReader
  private readonly clean: Meter
  private readonly noisy: Meter
  private readonly meters: readonly Meter[]
  private readonly doubt: DoubtMeter
  private readonly untouched: (Untouched | undefined)[] = []
  private answers = 0

  constructor(
    private readonly options: MeasureSuiteOptions,
    private readonly outputs: Outputs,
  ) {
    const { predictor, data, suite, also } = options
    this.reader = new AnswerReader(predictor, data)
    const meter = () => this.reader.meter(also)
    this.clean = meter()
    this.noisy = meter()
    this.meters = suite.conditions.map(meter)
    this.doubt = new DoubtMeter(suite.conditions)
  }

  async add(batch: Batch): Promise<void> {
    const clean = this.reader.read(await this.outputs.begin(batch), batch)
    this.answers += batch.rows
    this.clean.update(clean)
    const all: (Answers | Values)[][] = []
    for (const [i, condition] of this.options.suite.conditions.entries()) {
      all.push([])
      for (let draw = 0; draw < condition.draws; draw++) {
        const note = (reason: string) => {
          if (draw === 0) this.leaveAlone(i, reason)
        }
        const outputs = await this.outputs.under(condition, draw, clean, note)
        this.answers += batch.rows
        const noisy = this.reader.read(outputs, batch, clean)
        this.meters[i].update(noisy)
        this.noisy.update(noisy)
        all[i].push(noisy)
      }
    }
    this.options.onAnswers?.(clean, all)
    if ('labels' in clean && clean.labels) this.doubt.add(clean, all as Answers[][])
  }

  close(): Promise<void> {
    return this.outputs.close()
  }

  result(): MeasuredSuite {
    const conditions = this.options.suite.conditions.map((condition, i) => ({
      condition,
      measures: this.meters[i].result() as Measures,
      ...(this.untouched[i] && { untouched: this.untouched[i] }),
    }))
    return {
      clean: this.clean.result() as Measures,
      noisy: this.noisy.result() as Measures,
      conditions,
      doubts: this.doubt.result(),
      sampleScores: this.doubt.sampleScores(),
      answers: this.answers,
    }
  }

  private leaveAlone(i: number, reason: string): void {
    this.untouched[i] = { samples: (this.untouched[i]?.samples ?? 0) + 1, reason }
  }
}
