/** One pass over the data under a suite: every batch clean, then under each condition. */
import { InOrder } from '../base/index.js'
import { type Batch, batches, type Dataset, featureDeviations } from '../data/index.js'
import { type Answers, interleaved, type Meter, type Values } from '../metrics/index.js'
import type { Predictor } from '../model/index.js'
import type { Measures } from '../record/index.js'
import { AnswerReader } from './answers.js'
import { isAttack, type SampleAttacker } from './attack.js'
import { usualBatch } from './batch-size.js'
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
  /** Samples a session call; default 64. It changes no figure. */
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
  /** Whether all conditions are measured as one, and none by itself; default: no. */
  readonly together?: boolean
  /**
   * Conditions that each batch meets, its number and those before it saying which, a draw counting as
   * one; only where they are measured as one. Default: all.
   */
  readonly looks?: number
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
  /** All conditions as one, where that was asked for: what `noisy` means in a check. */
  readonly noisy?: Measures
  /** Each by itself; none where they are measured as one. */
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
  const { batch = usualBatch, signal } = options
  const outputs = await Outputs.open({ ...options, batch, deviations })
  const pass = new Pass(options, outputs)
  try {
    for await (const part of batches(data, { batch, signal, into: outputs.room }))
      await pass.add(part)
    return await pass.result()
  } finally {
    await outputs.close()
  }
}

/** Every draw of every condition. */
const viewsOf = (conditions: readonly Condition[]) =>
  conditions.flatMap((condition, i) =>
    Array.from({ length: condition.draws }, (_, draw) => ({ condition, i, draw })),
  )

/** A batch under way: its answers so far, clean and by condition and draw. */
interface Answered {
  readonly batch: Batch
  clean?: Answers | Values
  /** By condition, those drawn. */
  readonly noisy: (Answers | Values)[][]
  /** Answers under noise that are still to come. */
  awaited: number
}

class Pass {
  private readonly reader: AnswerReader
  private readonly clean: Meter
  private readonly noisy: Meter | undefined
  private readonly line: InOrder
  private readonly meters: readonly Meter[]
  private readonly doubt: DoubtMeter
  private readonly untouched: (Untouched | undefined)[] = []
  private readonly views: number
  private seen = 0

  constructor(
    private readonly options: MeasureSuiteOptions,
    private readonly outputs: Outputs,
  ) {
    const { predictor, data, suite, also, together } = options
    this.reader = new AnswerReader(predictor, data)
    const meter = () => this.reader.meter(also)
    this.clean = meter()
    this.noisy = together ? meter() : undefined
    this.line = new InOrder(() => outputs.width)
    this.meters = together ? [] : suite.conditions.map(meter)
    this.doubt = new DoubtMeter(suite.conditions)
    this.views = viewsOf(suite.conditions).length
  }

  /** Asks for a batch's answers; the last of them may still be under way when this resolves. */
  async add(batch: Batch): Promise<void> {
    const { conditions } = this.options.suite
    const views = viewsOf(conditions).filter((_, view) => this.isMet(batch, view))
    const part: Answered = { batch, noisy: conditions.map(() => []), awaited: views.length }
    await this.line.put(
      () => this.outputs.begin(batch),
      outputs => this.readClean(part, outputs),
    )
    for (const { condition, i, draw } of views) {
      // An attack starts from the clean answers.
      if (isAttack(condition)) await this.line.drain()
      const note = (reason: string) => {
        if (draw === 0) this.leaveAlone(i, reason)
      }
      const ask = await this.outputs.under(condition, draw, part.clean, note)
      await this.line.put(ask, outputs => this.readNoisy(part, i, outputs))
    }
  }

  /** Whether it is a batch's turn to be seen so: `looks` views on from those of the batch before. */
  private isMet({ position }: Batch, view: number): boolean {
    const { views } = this
    const { looks = views } = this.options
    return (view + views - ((position * looks) % views)) % views < looks
  }

  private readClean(part: Answered, outputs: Float32Array): void {
    part.clean = this.reader.read(outputs, part.batch)
    this.clean.update(part.clean)
    this.endWhenWhole(part)
  }

  private readNoisy(part: Answered, i: number, outputs: Float32Array): void {
    const answers = this.reader.read(outputs, part.batch, part.clean)
    this.noisy?.update(answers)
    part.noisy[i].push(answers)
    part.awaited--
    this.endWhenWhole(part)
  }

  private endWhenWhole({ batch, clean, noisy, awaited }: Answered): void {
    const { data, together, onAnswers, onProgress } = this.options
    if (awaited > 0) return
    for (const [i, meter] of this.meters.entries()) meter.update(interleaved(noisy[i]))
    onAnswers?.(clean!, noisy)
    if (!together && 'labels' in clean! && clean.labels) this.doubt.add(clean, noisy as Answers[][])
    this.seen += batch.rows
    onProgress?.(this.seen, data.length)
  }

  async result(): Promise<MeasuredSuite> {
    await this.line.drain()
    const { conditions } = this.options.suite
    return {
      clean: this.clean.result() as Measures,
      ...(this.noisy && { noisy: this.noisy.result() as Measures }),
      conditions: this.meters.map((meter, i) => ({
        condition: conditions[i],
        measures: meter.result() as Measures,
        ...(this.untouched[i] && { untouched: this.untouched[i] }),
      })),
      doubts: this.doubt.result(),
      sampleScores: this.doubt.sampleScores(),
      answers: this.seen * (1 + Math.min(this.views, this.options.looks ?? this.views)),
    }
  }

  private leaveAlone(i: number, reason: string): void {
    this.untouched[i] = { samples: (this.untouched[i]?.samples ?? 0) + 1, reason }
  }
}
