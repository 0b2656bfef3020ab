export { type CertifiedEvent, type CertifyOptions, certify, mergeCertificates } from './certify.js'
export {
  type PredictedEvent,
  type Predictions,
  type PredictOptions,
  predict,
  type SmoothedAnswer,
} from './predict.js'
export {
  type Certification,
  type CertifySamplesOptions,
  certifySamples,
  type Subject,
} from './samples.js'
export {
  ABSTAIN,
  type Certified,
  certifySample,
  completeSmoothing,
  leastHits,
  type Predicted,
  predictSample,
  radiusOf,
  type Smoothing,
  type SmoothingOptions,
  type Vote,
} from './smoothing.js'
export {
  averageCertifiedRadius,
  type CertificateSummary,
  type CertifiedSample,
  type CurvePoint,
  certifiedAccuracy,
  certifiedAccuracyBound,
  summarize,
  usualRadii,
} from './summary.js'
export { parseTsv, toTsv } from './tsv.js'
export { type Classify, Voter, type VoterOptions } from './votes.js'
