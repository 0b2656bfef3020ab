import { z } from 'zod'
import { header } from './header.js'

/** A size is a number, or the name of a free one. */
const shape = z.array(z.union([z.number(), z.string()]))
const valueSchema = z.object({ name: z.string(), dtype: z.string(), shape })

/** What a model file holds, what it expects, and what of it could be trained. */
export const inspectSchema = z.object({
  ...header('temper.inspect/1'),
  model: z.object({ file: z.string(), sha256: z.string(), parameters: z.int().min(0) }),
  producer: z.string().optional(),
  irVersion: z.int().optional(),
  opsets: z.record(z.string(), z.number()),
  inputs: z.array(valueSchema),
  outputs: z.array(valueSchema),
  /** What was taken for granted, because neither the file nor the caller says it. */
  assumptions: z.array(z.string()).optional(),
  /** What samples have to be. */
  expects: z
    .object({
      input: z.string(),
      shape,
      layout: z.enum(['NCHW', 'NHWC']),
      layoutReason: z.string(),
      preprocess: z.record(z.string(), z.unknown()),
      /** Where the preprocessing was found; absent where it is only assumed. */
      preprocessSource: z.string().optional(),
    })
    .optional(),
  output: z
    .object({
      name: z.string(),
      kind: z.string(),
      reason: z.string(),
      /** Numbers a sample; absent while a size is open. */
      size: z.int().optional(),
      /** Answers a sample, in those numbers; absent while a size is open. */
      places: z.int().optional(),
    })
    .optional(),
  batch: z
    .object({
      kind: z.enum(['free', 'freed', 'fixed']),
      made: z.int().optional(),
      reason: z.string(),
    })
    .optional(),
  quantised: z.boolean().optional(),
  /** Every operator, with what a gradient does at it. */
  operators: z.array(
    z.object({
      domain: z.string(),
      operator: z.string(),
      count: z.int().min(1),
      /** `trains`: it reads weights and a gradient reaches them; `passes`: one goes through. */
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
      /** The element type in the file. */
      dtype: z.string().optional(),
      role: z.string().optional(),
      /** `initializer`, `Constant node`, `branch` (of an If). */
      stands: z.string().optional(),
      usedBy: z.string().optional(),
    }),
  ),
  /** What `temper harden` would do with it. */
  harden: z.object({ possible: z.boolean(), notes: z.array(z.string()) }).optional(),
})
export type Inspect = z.infer<typeof inspectSchema>
