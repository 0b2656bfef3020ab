import { z } from 'zod'

const share = z.number().min(0).max(1)
const interval = z.tuple([z.number(), z.number()])

const furtherNames = [
  'top5Accuracy',
  'balancedAccuracy',
  'maximumCalibrationError',
  'rmsCalibrationError',
  'classCalibrationError',
  'adaptiveCalibrationError',
  'smoothCalibrationError',
  'brierUncertainty',
  'brierResolution',
  'brierReliability',
  'aurc',
  'augrc',
  'coverageAt5Risk',
  'riskAt80Coverage',
  'flipRate',
  'aupr',
  'fpr95',
  'aurocMaxLogit',
  'auprMaxLogit',
  'fpr95MaxLogit',
  'aurocEnergy',
  'auprEnergy',
  'fpr95Energy',
  'aurocEntropy',
  'auprEntropy',
  'fpr95Entropy',
  'mutualInformation',
  'expectedEntropy',
  'variationRatio',
] as const

/** One bin of a reliability diagram: mean confidence, accuracy, and the samples in it. */
export const reliabilityBinSchema = z.object({
  confidence: share,
  accuracy: share,
  samples: z.int().min(0),
})
export type ReliabilityBin = z.infer<typeof reliabilityBinSchema>

/** Rows of `temper list metrics` with one number each; most are there when they are asked for. */
const further = Object.fromEntries(
  furtherNames.map(name => [name, z.number().optional()]),
) as Record<(typeof furtherNames)[number], z.ZodOptional<z.ZodNumber>>

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
  /** Mean of output minus target. */
  bias: z.number().optional(),
  largestError: z.number().optional(),
  r2: z.number().optional(),
  /** Root mean square of the change from the clean output. */
  rmsChange: z.number().optional(),
  reliability: z.array(reliabilityBinSchema).optional(),
  /** Accuracy of each class, in the order of the classes; null for one without samples. */
  classAccuracy: z.array(share.nullable()).optional(),
  ...further,
  /** Prediction sets with the thresholds of held-out samples, by method: thr, aps, raps. */
  conformal: z
    .record(z.string(), z.object({ coverage: share.optional(), size: z.number().min(0) }))
    .optional(),
  /** Why a measure that was asked for has no value, by name. */
  missing: z.record(z.string(), z.string()).optional(),
})
export type Measures = z.infer<typeof measuresSchema>
