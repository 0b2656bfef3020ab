import { exactExp } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { scaleBits } from '../level.js'
import { defineWeight } from './define.js'

/**
 * max|w| (2 round(n u) / n - 1), u = tanh(w) / (2 max|tanh(w)|) + 1/2, n = 2^bits - 1: DoReFa's weight
 * quantiser, brought back to the range of the tensor.
 */
export const dorefa = defineWeight({
  kind: 'dorefa',
  what: 'Rounds the weights of each tensor to evenly spaced values of their hyperbolic tangent.',
  unit: 'bits',
  levels: { bits: { what: '2^bits values', unit: 'bits', range: [1, 32], default: 4 } },
  identity: { bits: 32 },
  deterministic: true,
  paper:
    'Zhou et al. 2016, DoReFa-Net: training low bitwidth neural networks with low bitwidth gradients',
  scale: scaleBits(1),
  apply(w, out, { bits }) {
    const largest = sharedKernels().maxAbs(w)
    if (!(largest > 0)) return out.set(w)
    const steps = Math.round(2 ** bits) - 1
    const top = tanh(largest)
    for (let i = 0; i < w.length; i++) {
      const unit = tanh(w[i]) / (2 * top) + 0.5
      out[i] = largest * ((2 * Math.round(steps * unit)) / steps - 1)
    }
  },
})

/** 1 - 2 / (e^2x + 1). */
const tanh = (x: number) => 1 - 2 / (exactExp(2 * x) + 1)
