export type { Change } from './change.js'
export { type Preview, type PreviewOptions, previewNoise } from './preview.js'
export type { PreviewedLevel } from './types.js'
