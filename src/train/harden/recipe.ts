/** The recipe that hardening follows, from what was asked and what the data are. */
import type { SampleKind } from '../../data/index.js'
import type { Recipe, RecipeInput } from '../../recipe/index.js'

/** What `temper harden` may be told; see HardenOptions. */
export interface HardenRequest {
  readonly model: string
  readonly data: string
  readonly val?: string
  readonly test?: string
  readonly maxCleanDrop?: number
  readonly epochs?: number
  readonly batch?: number
  readonly learningRate?: number
  readonly suite?: string
  readonly inputs?: Readonly<Record<string, number | readonly number[]>>
  readonly output?: string
  readonly freeze?: readonly string[]
  readonly preprocess?: Recipe['preprocess']
  readonly label?: string
  /** Column of a table that no split may divide. */
  readonly group?: string
  readonly format?: string
  readonly limit?: number
  readonly seed?: number
}

/** What is held back by hash where no DATA is named for it: to select by, and to stay unseen. */
const heldShare = { validation: 0.1, test: 0.1, ofVal: 0.5 }

/** Share of the samples that get noise; the rest protects the clean score. */
const noisyShare = 0.8

/**
 * The level of each sample is drawn from none to a top; the search moves the top. At gain 1 it is
 * the strongest level of the kind's usual suite.
 */
const noiseOf: Readonly<Record<SampleKind, Record<string, unknown>>> = {
  image: { at: 'input', kind: 'gaussian', sigma: { uniform: [0, 0.38] }, share: noisyShare },
  audio: { at: 'input', kind: 'white', snr: { uniform: [0, 40] }, share: noisyShare },
  vector: { at: 'input', kind: 'gaussian', sigma: { uniform: [0, 0.5] }, share: noisyShare },
}

/** Enough updates for the search to settle, few enough to stay near the given weights. */
const updates = 2000
const epochBounds = [3, 40] as const
const checks = 16

/** Only what decides which data and model are opened: enough to look at them. */
export function openingRecipe(asked: HardenRequest): RecipeInput {
  const {
    model: file,
    data,
    val,
    test,
    inputs,
    output,
    freeze,
    label,
    group,
    format,
    limit,
  } = asked
  return {
    model: {
      file,
      ...(inputs && { inputs: inputs as Record<string, number | number[]> }),
      ...(output !== undefined && { output }),
      ...(freeze?.length && { freeze: [...freeze] }),
    },
    data: {
      train: data,
      validation: val ?? heldShare.validation,
      test: test ?? (val === undefined ? heldShare.test : heldShare.ofVal),
      ...(label !== undefined && { label }),
      ...(group !== undefined && { group }),
      ...(format !== undefined && { format }),
      ...(limit !== undefined && { limit }),
    },
    ...(asked.preprocess && { preprocess: asked.preprocess }),
    seed: asked.seed ?? 0,
  }
}

/** What was found when data and model were opened. */
export interface Opened {
  readonly kind: SampleKind
  readonly samples: number
  readonly validationSamples: number
  /** The batch the model insists on. */
  readonly fixedBatch?: number
}

/** The whole recipe but for the learning rate, which is tried out afterwards. */
export function hardeningRecipe(asked: HardenRequest, opened: Opened): RecipeInput {
  const batch = asked.batch ?? (opened.samples < 4000 ? 32 : 128)
  const batches = Math.ceil(opened.samples / batch)
  const [least, most] = epochBounds
  const usual = Math.min(most, Math.max(least, Math.round(updates / batches)))
  const epochs = asked.epochs ?? usual
  const every = Math.max(1, Math.round((epochs * batches) / checks))
  return {
    ...openingRecipe(asked),
    optimizer: { kind: 'adam', clipNorm: 1 },
    train: { epochs, batch, batchNormalization: 'frozen', reestimateStatistics: true },
    noise: [noiseOf[opened.kind] as never],
    monitor: {
      ...(asked.suite !== undefined && { suite: asked.suite }),
      every: `${every}ba`,
      samples: Math.min(opened.validationSamples, 2000),
      maxCleanDrop: asked.maxCleanDrop ?? 0.01,
      baseline: 'given',
      seekStrongest: true,
    },
  }
}
