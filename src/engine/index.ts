export { probeBlock } from './blocked.js'
export { plainReason, type Reason } from './failure.js'
export { Lanes, lanesFor } from './lanes.js'
export { answerRows, type RowModel } from './rows.js'
export {
  type Device,
  type DeviceInfo,
  deviceInfo,
  devices,
  runtimeVersion,
  threadsAvailable,
} from './runtime.js'
export { createSession, type Session, type SessionOptions } from './session.js'
export { openThread, type SessionThread } from './thread.js'
