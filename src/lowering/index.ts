export type { Column, LoweringOptions } from './formulation.js'
export { lower } from './lower.js'
export { runtimeDomains } from './runtime-domains.js'
