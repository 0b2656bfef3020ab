/** Work that other machines do, over a queue. */
export { checkRedis, newStudyKey, work } from './queue/index.js'
export {
  certifyFar,
  evaluateFar,
  findData,
  fingerprint,
  openCarrier,
  remoteActs,
} from './remote/index.js'
