import { z } from 'zod'
import { dataSchema, header, modelSchema } from './header.js'
import { measuresSchema } from './measures.js'

const pair = z.object({ before: measuresSchema, after: measuresSchema })

/** A scaling fitted on held-out answers, and what it changes. */
export const calibrationSchema = z.object({
  ...header('temper.calibration/1'),
  model: modelSchema,
  data: dataSchema,
  /** The noise that was fitted on beside the clean samples; absent where there was none. */
  suite: z.object({ name: z.string(), preset: z.string().nullable().optional() }).optional(),
  method: z.enum(['temperature', 'vector', 'isotonic']),
  /** softmax(z / temperature). */
  temperature: z.number().gt(0).optional(),
  /** softmax(scale z + shift), one of each a class. */
  scale: z.array(z.number()).optional(),
  shift: z.array(z.number()).optional(),
  /** A rising curve a class over log (p + 1e-6) / (1 - p + 1e-6): `y` at `x`, straight between, constant outside. */
  curves: z.array(z.object({ x: z.array(z.number()), y: z.array(z.number()) })).optional(),
  /** Fitted on one half of the samples and judged on the other, both ways round. */
  clean: pair,
  noisy: pair.optional(),
})
export type Calibration = z.infer<typeof calibrationSchema>
