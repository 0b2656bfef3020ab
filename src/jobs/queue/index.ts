export { newStudyKey, type Order, QueueCarrier, type QueueOptions } from './carrier.js'
export { type RemoteAct, type RemoteContext, type WorkerOptions, work } from './worker.js'
