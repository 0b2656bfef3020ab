/** One pass over the data under a suite: every batch clean, then under each condition. */
import { sizeOf } from '../base/index.js'
import { type Batch, batches, type Dataset, featureDeviations } from '../data/index.js'
import type { Answers, Meter, Values } from '../metrics/index.js'
import type { Predictor, Weights } from '../model/index.js'
import type { Measures } from '../record/index.js'
import { AnswerReader } from './answers.js'
import { disturbWeights, sampleDisturber } from './disturb.js'
import { DoubtMeter, type Doubts, type SampleScores } from './doubt.js'
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
  const pass = new Pass({ ...options, deviations })
  const { batch = 256, onProgress, signal } = options
  let seen = 0
  for await (const part of batches(data, { batch, signal })) {
    await pass.add(part)
    seen += part.rows
    onProgress?.(seen, data.length)
  }
  return pass.result()
}

class Pass {
  private readonly reader: AnswerReader
  private readonly clean: Meter
  private readonly noisy: Meter
  private readonly meters: readonly Meter[]
  private readonly doubt: DoubtMeter
  private readonly disturbed: Float32Array
  private answers = 0

  constructor(private readonly options: MeasureSuiteOptions) {
    const { predictor, data, suite, batch = 256, also } = options
    this.reader = new AnswerReader(predictor, data)
    const meter = () => this.reader.meter(also)
    this.clean = meter()
    this.noisy = meter()
    this.meters = suite.conditions.map(meter)
    this.doubt = new DoubtMeter(suite.conditions)
    this.disturbed = new Float32Array(Math.min(batch, data.length) * sizeOf(data.shape))
  }

  async add(batch: Batch): Promise<void> {
    const clean = this.reader.read(await this.predict(batch.data, batch.rows), batch)
    this.clean.update(clean)
    const all: (Answers | Values)[][] = []
    for (const [i, condition] of this.options.suite.conditions.entries()) {
      all.push([])
      for (let draw = 0; draw < condition.draws; draw++) {
        const outputs = await this.under(condition, draw, batch)
        const noisy = this.reader.read(outputs, batch, clean)
        this.meters[i].update(noisy)
        this.noisy.update(noisy)
        all[i].push(noisy)
      }
    }
    this.options.onAnswers?.(clean, all)
    if ('labels' in clean && clean.labels) this.doubt.add(clean, all as Answers[][])
  }

  result(): MeasuredSuite {
    const conditions = this.options.suite.conditions.map((condition, i) => ({
      condition,
      measures: this.meters[i].result() as Measures,
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

  private predict(samples: Float32Array, rows: number, weights?: Weights): Promise<Float32Array> {
    this.answers += rows
    return this.options.predictor.predict(samples, rows, weights)
  }

  private under(condition: Condition, draw: number, batch: Batch): Promise<Float32Array> {
    const { predictor, seed } = this.options
    if (condition.at === 'input')
      return this.predict(this.noised(condition, draw, batch), batch.rows)
    const weights = disturbWeights(predictor.weights, condition, draw, seed)
    return this.predict(batch.data, batch.rows, weights)
  }

  /** The batch with noise on it; each draw is keyed by the sample, so batch sizes change no bit. */
  private noised(condition: Condition, draw: number, batch: Batch): Float32Array {
    const { data, seed, deviations } = this.options
    const disturb = sampleDisturber(condition, data, { seed, draw, deviations })
    const size = sizeOf(data.shape)
    for (let row = 0; row < batch.rows; row++) {
      const [from, to] = [row * size, (row + 1) * size]
      const out = this.disturbed.subarray(from, to)
      disturb(batch.data.subarray(from, to), out, batch.ids[row])
    }
    return this.disturbed.subarray(0, batch.rows * size)
  }
}
