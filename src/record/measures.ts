import { z } from 'zod'

const share = z.number().min(0).max(1)
const interval = z.tuple([z.number(), z.number()])

/** One bin of a reliability diagram: mean confidence, accuracy, and the samples in it. */
export const reliabilityBinSchema = z.object({
  confidence: share,
  accuracy: share,
  samples: z.int().min(0),
})
export type ReliabilityBin = z.infer<typeof reliabilityBinSchema>

/**
 * What is measured on one set of samples. Classification: accuracy to entropy; unlabelled data:
 * agreement (with the clean prediction) and meanKl; regression: rmse, mae, r2. A field that does
 * not apply, or came out as no finite number, is absent.
 */
export const measuresSchema = z.object({
  samples: z.int().min(0).optional(),
  accuracy: share.optional(),
  /** 95 %, Wilson. */
  accuracyInterval: interval.optional(),
  loss: z.number().optional(),
  /** Mean negative log-likelihood, in nats. */
  nll: z.number().optional(),
  /** Sum over classes of (p - y)^2, mean over samples: 0 to 2. */
  brier: z.number().optional(),
  /** Expected calibration error, 15 equal bins of top-1 confidence. */
  ece: share.optional(),
  eceInterval: interval.optional(),
  /** Mean entropy of the predicted distribution, in nats. */
  entropy: z.number().optional(),
  /** How well the uncertainty tells noisy samples from clean ones; 0.5 is not at all. */
  auroc: share.optional(),
  agreement: share.optional(),
  agreementInterval: interval.optional(),
  meanKl: z.number().optional(),
  rmse: z.number().optional(),
  rmseInterval: interval.optional(),
  mae: z.number().optional(),
  r2: z.number().optional(),
  reliability: z.array(reliabilityBinSchema).optional(),
  /** Accuracy of each class, in the order of the classes; null for one without samples. */
  classAccuracy: z.array(share.nullable()).optional(),
  /** Why a measure that was asked for has no value, by name. */
  missing: z.record(z.string(), z.string()).optional(),
})
export type Measures = z.infer<typeof measuresSchema>
