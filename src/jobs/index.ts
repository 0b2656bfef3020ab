export type { Look } from './look.js'
export type { DataNeed, QueueCarrier, WorkerOptions } from './queue/index.js'
export type {
  FarCertifyOptions,
  FarEvaluateOptions,
  FarOptions,
  FarTrial,
  FarTrialResult,
} from './remote/index.js'
export { type JobOptions, runJob } from './run.js'

/** Work on other machines, loaded where it is asked for: a child's parent starts without half the house. */
export const elsewhere = () => import('./elsewhere.js')
