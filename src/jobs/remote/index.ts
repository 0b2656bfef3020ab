export { remoteActs } from './acts.js'
export type { FarOptions } from './carry.js'
export { certifyFar, type FarCertifyOptions } from './certify.js'
export { findData, fingerprint } from './find.js'
