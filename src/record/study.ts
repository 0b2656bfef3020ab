import { z } from 'zod'
import { header } from './header.js'

const figures = z.record(z.string(), z.number())
const parameterValue = z.union([z.number(), z.string(), z.boolean()])

/** One trial of a study; `values` are its held-out measures where it got farthest, by name. */
export const trialSchema = z.object({
  index: z.int().min(0),
  state: z.enum(['running', 'complete', 'pruned', 'diverged', 'failed']),
  parameters: z.record(z.string(), parameterValue),
  values: figures,
  /** Epochs trained. */
  epochs: z.number().min(0).optional(),
  seed: z.int().min(0).optional(),
  /** The trial it repeats with another seed. */
  repeats: z.int().min(0).optional(),
  /** Every measuring on the way. */
  rungs: z.array(z.object({ epochs: z.number(), values: figures })).optional(),
  /** Why it was pruned or failed, in one sentence. */
  reason: z.string().optional(),
})
export type Trial = z.infer<typeof trialSchema>

/** One searched parameter: a range, or choices. */
const parameterSchema = z.object({
  kind: z.enum(['range', 'choice']),
  from: z.number().optional(),
  to: z.number().optional(),
  log: z.boolean().optional(),
  integer: z.boolean().optional(),
  step: z.number().optional(),
  values: z.array(parameterValue).optional(),
  when: z.object({ parameter: z.string(), is: parameterValue }).optional(),
})

/** A measure over the seeds of one trial. */
const spreadSchema = z.object({
  mean: z.number(),
  /** Absent with one seed. */
  standardDeviation: z.number().min(0).optional(),
  seeds: z.int().min(1),
})

/** A search over noise kinds, levels and schedules. */
export const studySchema = z.object({
  ...header('temper.study/1'),
  id: z.string().optional(),
  data: z.object({ source: z.string(), kind: z.string(), samples: z.int() }).optional(),
  objectives: z.array(
    z.object({
      name: z.string(),
      better: z.enum(['higher', 'lower']),
      weight: z.number().optional(),
    }),
  ),
  space: z.record(z.string(), parameterSchema),
  search: z
    .object({
      sampler: z.string(),
      stopping: z.string(),
      eta: z.number(),
      rungs: z.array(z.number()),
      /** Trials asked for. */
      trials: z.int(),
    })
    .optional(),
  trials: z.array(trialSchema),
  /** Indices of the trials no other beats in every objective. */
  paretoFront: z.array(z.int().min(0)),
  /** The trial where the front bends most. */
  knee: z.int().min(0).optional(),
  best: z
    .object({
      index: z.int().min(0),
      reason: z.string(),
      values: z.record(z.string(), spreadSchema).optional(),
    })
    .optional(),
  /** Epochs trained by the search, and what every trial at full length would have taken. */
  epochs: z.object({ trained: z.number(), full: z.number() }).optional(),
  /** Share of an objective's variance over the space that each parameter explains by itself. */
  importance: z
    .array(
      z.object({
        objective: z.string(),
        trials: z.int(),
        shares: z.record(z.string(), z.number()),
      }),
    )
    .optional(),
  /** What the figures do not speak of, a sentence each. */
  notSearched: z.array(z.string()).optional(),
})
export type Study = z.infer<typeof studySchema>
