import { z } from 'zod'
import { contentHash } from '../record/index.js'

const source = z.object({
  source: z.string(),
  samples: z.int(),
  sha256: z.string(),
  hashed: z.string(),
})

/** A run, complete before it starts: what `plan.json` holds. */
export const planSchema = z.object({
  schema: z.literal('temper.plan/1'),
  version: z.string(),
  versions: z.record(z.string(), z.string()),
  seed: z.int(),
  device: z.string(),
  threads: z.int(),
  /** Sessions of one thread that share each batch; one session with all threads where absent. */
  sessions: z.int().optional(),
  model: z.object({
    network: z.string().optional(),
    standardize: z.boolean().optional(),
    features: z.record(z.string(), z.unknown()).optional(),
    file: z.string().optional(),
    inputs: z.record(z.string(), z.union([z.number(), z.array(z.number())])).optional(),
    sha256: z.string(),
    parameters: z.int(),
    output: z.object({ name: z.string(), kind: z.string(), size: z.int() }),
    trained: z.array(z.string()),
    frozen: z.array(z.string()),
  }),
  data: z.object({
    kind: z.string(),
    shape: z.array(z.int()),
    classes: z.array(z.string()).optional(),
    train: source,
    validation: source,
    test: source.optional(),
  }),
  preprocess: z.record(z.string(), z.unknown()),
  lengths: z.object({
    epochs: z.int(),
    batch: z.int(),
    batchesPerEpoch: z.int(),
    samplesPerEpoch: z.int(),
    steps: z.int(),
  }),
  optimizer: z.record(z.string(), z.unknown()),
  train: z.object({
    loss: z.union([z.string(), z.record(z.string(), z.unknown())]),
    copies: z.int().optional(),
    isFirstClean: z.boolean().optional(),
    batchNormalization: z.enum(['batch', 'frozen']),
    reestimateStatistics: z.boolean(),
    accumulate: z.int(),
    /** Forward and backward passes an update takes at most: 1, and one a step of each ascent. */
    passesPerUpdate: z.int().optional(),
    sampling: z.string(),
    /** The share of samples over the run, and the first epoch that leaves any out. */
    curriculum: z.object({ share: z.string(), from: z.int() }).optional(),
    classWeights: z.array(z.number()).optional(),
    checkpointEvery: z.string(),
    keep: z.string(),
    stop: z.record(z.string(), z.unknown()).optional(),
  }),
  noise: z.array(
    z.object({
      name: z.string(),
      at: z.string(),
      kind: z.string(),
      levels: z.record(z.string(), z.string()),
      clip: z.union([z.tuple([z.number(), z.number()]), z.literal('none')]).optional(),
      share: z.number().optional(),
      probability: z.number().optional(),
      window: z.string(),
      /** When it begins; from the first step where absent. */
      start: z.string().optional(),
      redraw: z.string(),
      touches: z.array(z.string()),
      sources: z.object({ recordings: z.int(), sha256: z.string() }).optional(),
      prior: z.array(z.number()).optional(),
      transition: z.array(z.number()).optional(),
    }),
  ),
  monitor: z.record(z.string(), z.unknown()),
  /** Which operators the training graph is made of; `block` is what a probe of this machine found. */
  engine: z.object({
    column: z.enum(['portable', 'blocked']),
    block: z.union([z.literal(8), z.literal(16)]).optional(),
  }),
})

export type Plan = z.infer<typeof planSchema>

/** SHA-256 of what a plan computes: where data and model lie is no part of it. */
export function planHash({ data, model, ...rest }: Plan): string {
  const placeless = ({ source, ...content }: Plan['data']['train']) => content
  const { file, ...content } = model
  return contentHash({
    ...rest,
    model: content,
    data: {
      ...data,
      train: placeless(data.train),
      validation: placeless(data.validation),
      test: data.test && placeless(data.test),
    },
  })
}
