import { z } from 'zod'
import { header } from './header.js'

/** One trial of a study; `values` are its objectives, by name. */
export const trialSchema = z.object({
  index: z.int().min(0),
  state: z.enum(['running', 'complete', 'pruned', 'diverged', 'failed']),
  parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  values: z.record(z.string(), z.number()),
  epochs: z.number().min(0).optional(),
  seed: z.int().min(0).optional(),
  /** Why it was pruned or failed, in one sentence. */
  reason: z.string().optional(),
})
export type Trial = z.infer<typeof trialSchema>

/** A search over noise kinds, levels and schedules. */
export const studySchema = z.object({
  ...header('temper.study/1'),
  objectives: z.array(z.object({ name: z.string(), better: z.enum(['higher', 'lower']) })),
  space: z.record(z.string(), z.unknown()),
  trials: z.array(trialSchema),
  /** Indices of the trials no other beats in every objective. */
  paretoFront: z.array(z.int().min(0)),
  best: z.object({ index: z.int().min(0), reason: z.string() }).optional(),
})
export type Study = z.infer<typeof studySchema>
