export { type Content, writeFileAtomic } from './atomic.js'
export { type Calibration, calibrationSchema } from './calibration.js'
export {
  type Certificate,
  type CertifiedSample,
  certificateSchema,
} from './certificate.js'
export {
  type Checkpoint,
  checkpointFolder,
  dropLaterCheckpoints,
  latestCheckpoint,
  listCheckpoints,
  type Manifest,
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.js'
export { whileClaimed } from './claim.js'
export {
  checkDocument,
  type Document,
  type DocumentName,
  documentSchemas,
  finished,
  readDocument,
  writeDocument,
} from './documents.js'
export { EventLog, parseEvents, type ReadEvents, readEvents, withoutReplaced } from './event-log.js'
export { EventTail } from './event-tail.js'
export {
  type EventOf,
  type EventType,
  eventSchemas,
  isKnownEvent,
  type NewEvent,
  type RunEvent,
} from './events.js'
export { canonicalJson, contentHash, sha256, sha256File } from './hash.js'
export { type Inspect, inspectSchema } from './inspect.js'
export { Journal, readJournal } from './journal.js'
export { type Measures, measuresSchema, type ReliabilityBin } from './measures.js'
export { metricsCsv } from './metrics-csv.js'
export { type Machine, machine, temperVersion, versions } from './provenance.js'
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.js'
export { type Condition, type Scorecard, scorecardSchema } from './scorecard.js'
export { type Study, studySchema, type Trial } from './study.js'
export { type TensorBoardAudio, type TensorBoardImage, TensorBoardWriter } from './tensorboard.js'
