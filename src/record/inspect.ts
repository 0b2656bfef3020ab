import { z } from 'zod'
import { header } from './header.js'

const valueSchema = z.object({
  name: z.string(),
  dtype: z.string(),
  /** A number, or the name of a free dimension. */
  shape: z.array(z.union([z.number(), z.string()])),
})

/** What a model file holds, and what of it could be trained. */
export const inspectSchema = z.object({
  ...header('temper.inspect/1'),
  model: z.object({ file: z.string(), sha256: z.string(), parameters: z.int().min(0) }),
  opsets: z.record(z.string(), z.number()),
  inputs: z.array(valueSchema),
  outputs: z.array(valueSchema),
  /** Every operator, with what a gradient does at it. */
  operators: z.array(
    z.object({
      domain: z.string(),
      operator: z.string(),
      count: z.int().min(1),
      gradient: z.enum(['trains', 'passes', 'stops']),
      reason: z.string().optional(),
    }),
  ),
  parameters: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.int()),
      trainable: z.boolean(),
      reason: z.string().optional(),
    }),
  ),
})
export type Inspect = z.infer<typeof inspectSchema>
