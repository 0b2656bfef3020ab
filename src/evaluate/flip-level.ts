/** The smallest level of a noise that changes a model's answer, sample by sample, by bisection. */
import { didYouMean, keyOf, sizeOf, UsageError } from '../base/index.js'
import {
  type Batch,
  batches,
  type Dataset,
  featureDeviations,
  physicalRange,
} from '../data/index.js'
import type { Answers } from '../metrics/index.js'
import type { Predictor } from '../model/index.js'
import { completeLevel, type InputNoise, type Level, noises } from '../noise/index.js'
import type { Scorecard } from '../record/index.js'
import { AnswerReader } from './answers.js'

export interface FlipLevelOptions {
  readonly predictor: Predictor
  readonly data: Dataset
  /** A noise on inputs. */
  readonly kind: string
  readonly seed: number
  readonly signal?: AbortSignal
}

/** Each halves what is not known: 1/1024 of the strongest level is left. */
const steps = 10
const batchSize = 256

/** Where a noise is searched: from nothing to four times this, or its default level. */
const strongest: Readonly<Record<string, Level>> = {
  gaussian: { sigma: 0.5 },
  white: { snr: 0 },
}
const mostGain = 4

const shares = [0.05, 0.25, 0.5, 0.75, 0.95]

/**
 * For each sample, between which gains of the noise's level the answer changes first, one draw of
 * the noise a sample at every level; null where four times a strong level (gaussian .5, white 0 dB,
 * a noise's default otherwise) changes nothing. Where an answer comes and goes as the
 * level grows, one of the changes is found.
 * Throws UsageError for an unknown noise, or one without a strength, and for a regression.
 */
export async function flipLevels(
  options: FlipLevelOptions,
): Promise<NonNullable<Scorecard['flipLevels']>> {
  const search = new Search(options, await contextOf(options.data))
  const gains: (number | null)[] = []
  for await (const batch of batches(options.data, { batch: batchSize, signal: options.signal }))
    gains.push(...(await search.gainsOf(batch)))
  const samples = gains.map(gain => (gain === null ? null : search.levelAt(gain)))
  const sorted = gains.map(gain => gain ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)
  const atShare = (share: number) => {
    const gain = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
    return { share, level: Number.isFinite(gain) ? search.levelAt(gain) : null }
  }
  return {
    kind: options.kind,
    levelName: search.levelName,
    strongest: search.levelAt(mostGain),
    unmoved: gains.filter(gain => gain === null).length / gains.length,
    quantiles: shares.map(atShare),
    samples,
  }
}

async function contextOf(data: Dataset) {
  const { shape, sampleRate, kind } = data
  const deviations = kind === 'vector' ? await featureDeviations(data) : undefined
  return { shape, sampleRate, clip: physicalRange(kind), deviations }
}

function noiseFor({ kind, data, predictor: { places = 1 } }: FlipLevelOptions): InputNoise {
  const names = Object.keys(noises.input)
  if (!Object.hasOwn(noises.input, kind))
    throw new UsageError(
      `--flip-level: expected a noise on inputs, received "${kind}".${didYouMean(kind, names)}`,
    )
  if (data.targets || places > 1)
    throw new UsageError('--flip-level: it is for classifiers that answer once a sample.')
  const noise = noises.input[kind]
  if (noise.needs?.includes('sources') || !Object.keys(noise.identity).length)
    throw new UsageError(
      `--flip-level: ${kind} has no strength of its own to search. Try gaussian, or white for recordings.`,
    )
  return noise
}

class Search {
  readonly levelName: string
  private readonly noise: InputNoise
  private readonly base: Level
  private readonly reader: AnswerReader

  constructor(
    private readonly options: FlipLevelOptions,
    private readonly context: Parameters<InputNoise['apply']>[4],
  ) {
    this.noise = noiseFor(options)
    this.base = completeLevel(this.noise, strongest[options.kind] ?? {})
    ;[this.levelName] = Object.keys(this.noise.identity)
    this.reader = new AnswerReader(options.predictor, options.data)
  }

  /** The level's own number at a gain. */
  levelAt(gain: number): number {
    return this.noise.scale(this.base, gain)[this.levelName]
  }

  async gainsOf(batch: Batch): Promise<(number | null)[]> {
    const own = (await this.answers(batch.data, batch)).predictions
    const low = new Float64Array(batch.rows)
    const high = new Float64Array(batch.rows).fill(mostGain)
    const atMost = (await this.under(batch, high)).predictions
    for (let step = 0; step < steps; step++) {
      const middle = low.map((l, row) => (l + high[row]) / 2)
      const { predictions } = await this.under(batch, middle)
      for (const [row, gain] of middle.entries())
        if (predictions[row] === own[row]) low[row] = gain
        else high[row] = gain
    }
    return Array.from(high, (gain, row) =>
      atMost[row] === own[row] && gain === mostGain ? null : gain,
    )
  }

  /** Answers with each row's own gain; its draw is the same at every level. */
  private under(batch: Batch, gains: Float64Array): Promise<Answers> {
    const { kind, seed, data } = this.options
    const size = sizeOf(data.shape)
    const noisy = new Float32Array(batch.rows * size)
    for (const [row, gain] of gains.entries()) {
      const key = keyOf(seed, `flip level input:${kind}`, batch.ids[row])
      const [from, to] = [row * size, (row + 1) * size]
      const level = this.noise.scale(this.base, gain)
      this.noise.apply(
        batch.data.subarray(from, to),
        noisy.subarray(from, to),
        level,
        key,
        this.context,
      )
    }
    return this.answers(noisy, batch)
  }

  private async answers(samples: Float32Array, { rows }: Batch): Promise<Answers> {
    const outputs = await this.options.predictor.predict(samples, rows)
    return this.reader.classify(outputs)
  }
}
