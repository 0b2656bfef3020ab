export type { Look } from './look.js'
export {
  checkRedis,
  type DataNeed,
  newStudyKey,
  type QueueCarrier,
  type WorkerOptions,
  work,
} from './queue/index.js'
export {
  certifyFar,
  evaluateFar,
  type FarCertifyOptions,
  type FarEvaluateOptions,
  type FarOptions,
  type FarTrial,
  type FarTrialResult,
  findData,
  fingerprint,
  openCarrier,
  remoteActs,
} from './remote/index.js'
export { type JobOptions, runJob } from './run.js'
