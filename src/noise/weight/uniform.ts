import { sharedKernels } from '../../kernels/index.js'
import { amount } from '../level.js'
import { defineWeight } from './define.js'

/** w + U(-h, h), h = halfWidth + relative max|w|. */
export const uniform = defineWeight({
  kind: 'uniform',
  what: 'Adds a number drawn evenly from an interval around zero to every weight.',
  unit: 'half-width, absolute or relative to the largest absolute weight',
  levels: {
    halfWidth: amount('largest change up or down', 'weight units'),
    relative: amount('largest change over the largest absolute weight of the tensor', 'share'),
  },
  identity: { halfWidth: 0, relative: 0 },
  paper:
    'Murray & Edwards 1994, Enhanced MLP performance and fault tolerance resulting from synaptic weight noise',
  apply(w, out, { halfWidth, relative }, key) {
    const kernels = sharedKernels()
    const reach = halfWidth + relative * kernels.maxAbs(w)
    kernels.uniform(w, out, { halfWidth: reach }, key)
  },
})
