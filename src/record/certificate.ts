import { z } from 'zod'
import { dataSchema, header, modelSchema } from './header.js'

/** Randomized smoothing of one sample: no input within `radius` (L2) changes the answer, with confidence 1 - alpha. */
export const certifiedSampleSchema = z.object({
  index: z.int().min(0),
  label: z.int().min(0),
  /** The class; -1 where the smoothed classifier abstains. */
  prediction: z.int().min(-1),
  /** In the input's physical unit; 0 where it abstains. */
  radius: z.number().min(0),
  correct: z.boolean(),
  /** Seconds it took. */
  time: z.number().min(0).optional(),
})
export type CertifiedSample = z.infer<typeof certifiedSampleSchema>

/** A certificate of randomized smoothing (Cohen et al. 2019). */
export const certificateSchema = z.object({
  ...header('temper.certificate/1'),
  model: modelSchema,
  data: dataSchema,
  /** What `label` is: the data's, or the model's clean answer where the data have none. */
  labels: z.enum(['data', 'clean answers']).optional(),
  sigma: z.number().gt(0),
  /** Draws that choose the class, and draws that bound its probability. */
  n0: z.int().min(1),
  n: z.int().min(1),
  alpha: z.number().gt(0).lt(1),
  samples: z.array(certifiedSampleSchema),
  summary: z.object({
    /** Average certified radius; a wrong or abstained sample counts 0. */
    acr: z.number().min(0),
    abstentionRate: z.number().min(0).max(1),
    certifiedAccuracy: z.array(
      z.object({
        radius: z.number(),
        accuracy: z.number(),
        /** 95 %, Wilson, over samples. */
        interval: z.tuple([z.number(), z.number()]).readonly().optional(),
      }),
    ),
  }),
  timing: z.object({ samplesPerSecond: z.number() }).optional(),
})
export type Certificate = z.infer<typeof certificateSchema>
