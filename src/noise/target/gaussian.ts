import { sharedKernels } from '../../kernels/index.js'
import { amount } from '../level.js'
import { defineTarget } from './define.js'

/** y + sigma N(0, 1), for regression. */
export const gaussian = defineTarget({
  kind: 'gaussian',
  what: 'Adds a normal number to every regression target.',
  form: 'numbers',
  unit: 'standard deviation, in units of the target',
  levels: { sigma: amount('standard deviation', 'target units', 0.1) },
  identity: { sigma: 0 },
  paper: 'Bishop 1995, Neural networks for pattern recognition, section 6.1',
  apply(y, out, { sigma }, key) {
    sharedKernels().gaussian(y, out, { sigma }, key)
  },
})
