import { z } from 'zod'
import { dataSchema, header, modelSchema } from './header.js'
import { measuresSchema } from './measures.js'

const interval = z.tuple([z.number(), z.number()])

/** Measures under one noise at one strength. */
export const conditionSchema = z.object({
  /** Where the noise acts: input, weight, activation, ... */
  at: z.string(),
  kind: z.string(),
  /** The suite it is from, where several were measured together. */
  suite: z.string().optional(),
  /** Weights: the names of tensors; activations: an operator or names. Absent: the usual ones. */
  match: z.string().optional(),
  /** 1 to 5, or the place in the suite's list; null where there is no such order. */
  severity: z.number().nullable(),
  /** The level in the kind's own unit; several where a preset sets several. */
  level: z.union([z.number(), z.record(z.string(), z.number())]).nullable(),
  /** What the level counts: "sigma", "snrDb", "relative", ... */
  levelName: z.string().optional(),
  /** The level at which this noise does nothing, where there is one. */
  identity: z.number().optional(),
  /** Range the noisy values were clipped to; null where clipping has no meaning. */
  clip: z.union([z.tuple([z.number(), z.number()]), z.literal('none')]).nullable(),
  /** Whether training used this kind of noise. */
  seen: z.boolean(),
  /** Independent draws the measures are the mean of. */
  draws: z.int().min(1).optional(),
  measures: measuresSchema,
  /** Clean minus noisy accuracy; regression: noisy minus clean RMSE. */
  drop: z.number().optional(),
  dropInterval: interval.optional(),
  /** Drop over the clean value. */
  relativeDrop: z.number().optional(),
  /** Share of samples whose prediction differs from the clean one. */
  flipRate: z.number().optional(),
  /** Samples that the noise had to leave as they were, such as silence under a signal-to-noise ratio. */
  untouched: z.object({ samples: z.int().min(1), reason: z.string() }).optional(),
})
export type Condition = z.infer<typeof conditionSchema>

const maybe = z.number().nullable()

/** What noise on the weights does: how much a model takes, how sharp it is, which tensors matter. */
export const internalSchema = z.object({
  /** Where the score has fallen by `budget`: the median of the draws; null beyond `strongest`. */
  tolerance: z
    .array(
      z.object({
        kind: z.string(),
        levelName: z.string(),
        budget: z.number(),
        level: maybe,
        /** The least and the greatest of the draws, which hold the median with `confidence`. */
        interval: z.tuple([maybe, maybe]),
        confidence: z.number(),
        strongest: z.number(),
        draws: z.int(),
      }),
    )
    .optional(),
  /** Rise of the loss under random steps of rho times the norm of each tensor. */
  sharpness: z
    .array(z.object({ rho: z.number(), lossRise: z.number(), interval, draws: z.int() }))
    .optional(),
  /** One tensor noised at a time, the most sensitive first. */
  sensitivity: z
    .object({
      kind: z.string(),
      levelName: z.string(),
      level: z.number(),
      draws: z.int(),
      tensors: z.array(
        z.object({
          name: z.string(),
          role: z.string(),
          length: z.int(),
          usedBy: z.string(),
          /** Of the accuracy; of a regression the rise of the mean squared error. */
          drop: z.number(),
          dropInterval: interval.optional(),
          lossRise: z.number(),
          accuracy: z.number().optional(),
        }),
      ),
    })
    .optional(),
})

/** How a model holds up under a suite of noises. */
export const scorecardSchema = z.object({
  ...header('temper.scorecard/1'),
  /** What to call the model beside others; default: its file's name. */
  name: z.string().optional(),
  model: modelSchema,
  data: dataSchema,
  suite: z.object({ name: z.string(), preset: z.string().nullable().optional() }),
  clean: measuresSchema,
  conditions: z.array(conditionSchema),
  summary: z.object({
    cleanAccuracy: z.number().optional(),
    meanAccuracy: z.number().optional(),
    meanAccuracyInterval: interval.optional(),
    meanUnseenAccuracy: z.number().optional(),
    meanDrop: z.number().optional(),
    meanDropInterval: interval.optional(),
    worst: z
      .object({
        kind: z.string(),
        severity: z.number().nullable(),
        accuracy: z.number().optional(),
        rmse: z.number().optional(),
      })
      .optional(),
    meanEce: z.number().optional(),
    meanEceInterval: interval.optional(),
    /** Mean over kinds of the corruption error: relative to the baseline's, where there is one. */
    meanCorruptionError: z.number().optional(),
    /** The same of what noise adds to the clean error; only beside a baseline. */
    relativeMeanCorruptionError: z.number().optional(),
    cleanRmse: z.number().optional(),
    meanRmse: z.number().optional(),
    cleanAgreement: z.number().optional(),
    meanAgreement: z.number().optional(),
  }),
  /** Errors by kind of corruption, summed over severities, and whose errors they are divided by. */
  corruptionErrors: z
    .object({
      /** `alexnet`, a scorecard's name, or null: plain mean errors. */
      baseline: z.string().nullable(),
      kinds: z.array(
        z.object({ kind: z.string(), error: z.number(), relative: z.number().optional() }),
      ),
    })
    .optional(),
  /** Clean minus mean noisy accuracy of each class; null for one without samples. */
  classDrops: z.array(z.number().nullable()).optional(),
  /** What the prediction sets were fitted on. */
  conformal: z
    .object({
      source: z.string(),
      samples: z.int(),
      coverage: z.number(),
      /** Infinite thresholds, of too few samples, are null: such sets hold every class. */
      thresholds: z.record(z.string(), z.number().nullable()),
    })
    .optional(),
  /** How well uncertainty tells other data from the clean samples; 0.5 is not at all. */
  outOfDistribution: z
    .object({
      source: z.string(),
      samples: z.int(),
      measures: z.record(z.string(), z.number()),
    })
    .optional(),
  /** How the answers came about, where they are the mean of several; `alone` is the model by itself. */
  uncertainty: z
    .object({
      method: z.enum(['monte-carlo', 'ensemble']),
      members: z.int(),
      noise: z.record(z.string(), z.unknown()).optional(),
      /** Activations the noise is on. */
      touches: z.array(z.string()).optional(),
      models: z.array(z.string()).optional(),
      alone: measuresSchema,
    })
    .optional(),
  /** What noise on the weights does to the model. */
  internal: internalSchema.optional(),
  /** Per sample, the smallest level of one noise that changes the answer. */
  flipLevels: z
    .object({
      kind: z.string(),
      /** What the levels count, and the strongest level tried. */
      levelName: z.string(),
      strongest: z.number(),
      /** Share of samples whose answer no level changed. */
      unmoved: z.number(),
      /** Of all samples; null where it lies beyond the strongest level. */
      quantiles: z.array(z.object({ share: z.number(), level: z.number().nullable() })),
      /** In the data's order; null where no level changed the answer. */
      samples: z.array(z.number().nullable()),
    })
    .optional(),
  /** What makes the figures doubtful (a wrong input scale, for instance), in sentences. */
  warnings: z.array(z.string()).optional(),
  /** No part of what is compared: speed, and the samples a session call had. */
  timing: z.object({ samplesPerSecond: z.number(), batch: z.int().optional() }).optional(),
})
export type Scorecard = z.infer<typeof scorecardSchema>
