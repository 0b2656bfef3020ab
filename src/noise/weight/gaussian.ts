import { sharedKernels } from '../../kernels/index.js'
import { amount } from '../level.js'
import { defineWeight } from './define.js'

/** w + s N(0, 1), s^2 = sigma^2 + (relative max|w|)^2, the largest of this tensor. */
export const gaussian = defineWeight({
  kind: 'gaussian',
  what: 'Adds a normal number to every weight, in absolute size or relative to the largest weight of its tensor.',
  unit: 'standard deviation, absolute or relative to the largest absolute weight',
  levels: {
    sigma: amount('absolute standard deviation', 'weight units'),
    relative: amount('standard deviation over the largest absolute weight of the tensor', 'share'),
  },
  identity: { sigma: 0, relative: 0 },
  paper:
    'Joshi et al. 2020, Accurate deep neural network inference using computational phase-change memory; aihwkit AddNormal',
  apply(w, out, { sigma, relative }, key) {
    const kernels = sharedKernels()
    const largest = relative > 0 ? kernels.maxAbs(w) : 0
    kernels.gaussian(w, out, { sigma: Math.hypot(sigma, relative * largest) }, key)
  },
})
