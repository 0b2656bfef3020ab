export {
  type Clip,
  type Kernels,
  openKernels,
  type SgdState,
  scalarKernels,
  sharedKernels,
} from './kernels.js'
export type { AdamOptions, AdamState, SgdOptions } from './optimizers.js'
export type { MixedRows, NoisyRows } from './rows.js'
