export { type FeatureKind, type FeatureOptions, featureKinds } from './features/settings.js'
export { type NetworkOptions, newNetwork } from './fresh.js'
export { type Network, type NetworkKind, networks } from './table.js'
