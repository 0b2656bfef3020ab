/** What a predictor answers to a batch: clean, or under one draw of a condition. */
import { UsageError } from '../base/index.js'
import type { Batch, Dataset } from '../data/index.js'
import type { Answers, Values } from '../metrics/index.js'
import type { NoisyPredictor, Predictor, Weights } from '../model/index.js'
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
  private kept = 0
  private batch!: Batch

  private constructor(
    private readonly options: OutputsOptions,
    private readonly samples: NoisyBatches,
  ) {}

  static async open(options: OutputsOptions): Promise<Outputs> {
    const { conditions } = options.suite
    return new Outputs(options, await NoisyBatches.open({ ...options, conditions }))
  }

  /** The clean answers to a batch, which is the one asked about from now on. */
  begin(batch: Batch): Promise<Float32Array> {
    this.batch = batch
    this.samples.begin(batch)
    return this.options.predictor.predict(batch.data, batch.rows)
  }

  /** `note` is told of each sample that the noise had to leave as it was. */
  async under(
    condition: Condition,
    draw: number,
    clean: Answers | Values,
    note: (reason: string) => void,
  ): Promise<Float32Array> {
    const { predictor, seed, attacker } = this.options
    const { data, rows, ids } = this.batch
    if (isAttack(condition)) {
      if (!attacker)
        throw new UsageError(
          `suite: ${condition.kind} is an attack, which temper eval makes and a check of training does not.`,
        )
      const moved = await attacker.attack(condition, draw, this.batch, clean as Answers, seed)
      return predictor.predict(moved, rows)
    }
    if (condition.at === 'input')
      return predictor.predict(await this.samples.take(condition, draw, note), rows)
    if (condition.at === 'weight')
      return predictor.predict(data, rows, this.weightsUnder(condition, draw))
    const fill = activationFill(condition, ids, { seed, draw })
    return this.noisyFor(condition).predict(data, rows, fill)
  }

  async close(): Promise<void> {
    await this.samples.close()
    for (const predictor of this.noisy.values()) await predictor.close()
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
