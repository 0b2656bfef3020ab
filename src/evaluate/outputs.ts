/** What a predictor answers to a batch: clean, or under one draw of a condition. */
import { sizeOf, UsageError } from '../base/index.js'
import type { Batch, Dataset } from '../data/index.js'
import type { NoisyPredictor, Predictor, Weights } from '../model/index.js'
import { activationFill, activationRequest, disturbWeights, sampleDisturber } from './disturb.js'
import type { Condition } from './suites/suite.js'

export interface OutputsOptions {
  readonly predictor: Predictor
  readonly data: Dataset
  readonly seed: number
  readonly deviations?: Float32Array
  /** Rows of the largest batch. */
  readonly rows: number
}

/** Bytes of disturbed weights kept from batch to batch. */
const mostKept = 2 ** 28

/** Raw outputs under every condition; noisy graphs and disturbed weights are made once. */
export class Outputs {
  private readonly disturbed: Float32Array
  private readonly noisy = new Map<string, NoisyPredictor>()
  private readonly weights = new Map<string, Weights>()
  private kept = 0

  constructor(private readonly options: OutputsOptions) {
    this.disturbed = new Float32Array(options.rows * sizeOf(options.data.shape))
  }

  clean({ data, rows }: Batch): Promise<Float32Array> {
    return this.options.predictor.predict(data, rows)
  }

  /** `note` is told of each sample that the noise had to leave as it was. */
  under(
    condition: Condition,
    draw: number,
    batch: Batch,
    note?: (reason: string) => void,
  ): Promise<Float32Array> {
    const { predictor, seed } = this.options
    if (condition.at === 'input')
      return predictor.predict(this.noised(condition, draw, batch, note), batch.rows)
    if (condition.at === 'weight')
      return predictor.predict(batch.data, batch.rows, this.weightsUnder(condition, draw))
    const fill = activationFill(condition, batch.ids, { seed, draw })
    return this.noisyFor(condition).predict(batch.data, batch.rows, fill)
  }

  async close(): Promise<void> {
    for (const predictor of this.noisy.values()) await predictor.close()
  }

  /** The batch with noise on it; each draw is keyed by the sample, so batch sizes change no bit. */
  private noised(
    condition: Condition,
    draw: number,
    batch: Batch,
    note?: (reason: string) => void,
  ): Float32Array {
    const { data, seed, deviations } = this.options
    const disturb = sampleDisturber(condition, data, { seed, draw, deviations, note })
    const size = sizeOf(data.shape)
    for (let row = 0; row < batch.rows; row++) {
      const [from, to] = [row * size, (row + 1) * size]
      const out = this.disturbed.subarray(from, to)
      disturb(batch.data.subarray(from, to), out, batch.ids[row])
    }
    return this.disturbed.subarray(0, batch.rows * size)
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
