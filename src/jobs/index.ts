export type { Look } from './look.js'
export { newStudyKey, type WorkerOptions, work } from './queue/index.js'
export {
  certifyFar,
  evaluateFar,
  type FarCertifyOptions,
  type FarEvaluateOptions,
  type FarOptions,
  findData,
  remoteActs,
} from './remote/index.js'
export { type JobOptions, runJob } from './run.js'
