import { sharedKernels } from '../../kernels/index.js'
import { amount } from '../level.js'
import { defineWeight } from './define.js'

/** w (1 + sigma N(0, 1)). */
export const multiplicative = defineWeight({
  kind: 'multiplicative',
  what: 'Multiplies every weight by a normal number around one.',
  unit: 'standard deviation over the weight itself',
  levels: { sigma: amount('standard deviation of the factor', 'share', 0.1) },
  identity: { sigma: 0 },
  paper: 'aihwkit MultNormal; Srivastava et al. 2014 (Gaussian DropConnect)',
  apply(w, out, { sigma }, key) {
    sharedKernels().speckle(w, out, { sigma }, key)
  },
})
