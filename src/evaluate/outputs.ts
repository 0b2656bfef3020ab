/** What a predictor answers to a batch: clean, or under one draw of a condition. */
import { UsageError } from '../base/index.js'
import type { Batch, Dataset } from '../data/index.js'
import type { Answers, Values } from '../metrics/index.js'
import { FastPredictor, type NoisyPredictor, type Predictor, type Weights } from '../model/index.js'
import { isAttack, type SampleAttacker } from './attack.js'
import { activationFill, activationRequest, disturbWeights } from './disturb.js'
import { NoisyBatches } from './noising/noisy-batches.js'
import type { Condition, Suite } from './suites/suite.js'

export interface OutputsOptions {
  readonly predictor: Predictor
  readonly data: Dataset
  readonly suite: Suite
  readonly seed: number
  readonly deviations?: Float32Array
  /** Samples a batch; the last one holds what is left. */
  readonly batch: number
  /** Whether corrupted images are kept on disk for the next time. */
  readonly keep?: boolean
  /** For conditions that are attacks. */
  readonly attacker?: SampleAttacker
}

/** Bytes of disturbed weights kept from batch to batch. */
const mostKept = 2 ** 28

/** Raw outputs under every condition; noisy graphs and disturbed weights are made once. */
export class Outputs {
  private readonly noisy = new Map<string, NoisyPredictor>()
  private readonly weights = new Map<string, Weights>()
  private readonly fast: FastPredictor
  private kept = 0
  private batch!: Batch

  private constructor(
    private readonly options: OutputsOptions,
    private readonly samples: NoisyBatches,
  ) {
    const { predictor, data, batch, suite } = options
    const asked = suite.conditions.filter(({ at }) => at !== 'activation')
    const answers = asked.reduce((sum, { draws }) => sum + draws, 1)
    const withWeights = asked.some(({ at }) => at === 'weight')
    const calls = answers * Math.ceil(data.length / batch)
    this.fast = new FastPredictor(predictor, calls, withWeights)
  }

  static async open(options: OutputsOptions): Promise<Outputs> {
    const { conditions } = options.suite
    return new Outputs(options, await NoisyBatches.open({ ...options, conditions }))
  }

  /** Where batches are to be laid, for noise to be made of them soonest. */
  get room(): Float32Array {
    return this.samples.room
  }

  /** Answers that may be under way at once. */
  get width(): number {
    return this.fast.width
  }

  /** The clean answers to a batch, which is the one asked about from now on. */
  begin(batch: Batch): Promise<Float32Array> {
    this.batch = batch
    this.samples.begin(batch)
    return this.fast.predict(batch.data, batch.rows)
  }

  /**
   * Gives what asks for the answers to the batch under a condition, to be called at once. `note` is
   * told of each sample that the noise had to leave as it was; attacks want the clean answers.
   */
  async under(
    condition: Condition,
    draw: number,
    clean: Answers | Values | undefined,
    note: (reason: string) => void,
  ): Promise<() => Promise<Float32Array>> {
    const { data, rows } = this.batch
    if (condition.at === 'weight') {
      const weights = this.weightsUnder(condition, draw)
      return () => this.fast.predict(data, rows, weights)
    }
    if (condition.at === 'activation') {
      const outputs = await this.inside(condition, draw)
      return async () => outputs
    }
    const samples = isAttack(condition)
      ? await this.attacked(condition, draw, clean as Answers)
      : await this.samples.take(condition, draw, note)
    return () => this.fast.predict(samples, rows)
  }

  async close(): Promise<void> {
    await this.fast.close()
    await this.samples.close()
    for (const predictor of this.noisy.values()) await predictor.close()
  }

  private attacked(condition: Condition, draw: number, clean: Answers): Promise<Float32Array> {
    const { seed, attacker } = this.options
    if (!attacker)
      throw new UsageError(
        `suite: ${condition.kind} is an attack, which temper eval makes and a check of training does not.`,
      )
    return attacker.attack(condition, draw, this.batch, clean, seed)
  }

  /** Answers under noise on activations. */
  private inside(condition: Condition, draw: number): Promise<Float32Array> {
    const { data, rows, ids } = this.batch
    const fill = activationFill(condition, ids, { seed: this.options.seed, draw })
    return this.noisyFor(condition).predict(data, rows, fill)
  }

  private weightsUnder(condition: Condition, draw: number): Weights {
    const key = JSON.stringify([condition, draw])
    const known = this.weights.get(key)
    if (known) return known
    const { predictor, seed } = this.options
    const made = disturbWeights(predictor, condition, draw, seed)
    for (const [name, values] of made)
      if (values !== predictor.weights!.get(name)) this.kept += values.byteLength
    if (this.kept <= mostKept) this.weights.set(key, made)
    return made
  }

  /** Conditions that differ in strength alone share a graph. */
  private noisyFor(condition: Condition): NoisyPredictor {
    const { predictor } = this.options
    const { kind, match, level } = condition
    const key = JSON.stringify([kind, match, Object.keys(level)])
    const known = this.noisy.get(key)
    if (known) return known
    if (!predictor.noisy)
      throw new UsageError(
        `suite: noise on activations (${kind}) needs a model that is one file; this predictor has no graph to put it in.`,
      )
    const made = predictor.noisy(activationRequest(condition))
    this.noisy.set(key, made)
    return made
  }
}
