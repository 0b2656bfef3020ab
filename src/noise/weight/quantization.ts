import { sharedKernels } from '../../kernels/index.js'
import { scaleBits } from '../level.js'
import { defineWeight } from './define.js'
import { evenNumbers } from './draws.js'

/** q step, q = round(w / step), step = max|w| / (2^(bits-1) - 1); stochastic: up with the chance of the rest. */
export const quantization = defineWeight({
  kind: 'quantization',
  what: 'Rounds the weights of each tensor to evenly spaced values, to the nearest or by chance.',
  unit: 'bits',
  levels: {
    bits: { what: '2^bits - 1 values', unit: 'bits', range: [2, 32], default: 8 },
    stochastic: {
      what: '1 rounds up with the probability of the remainder, 0 to the nearest',
      unit: '0 or 1',
      range: [0, 1],
      default: 1,
      whole: true,
    },
  },
  identity: { bits: 32 },
  paper: 'Gupta et al. 2015, Deep learning with limited numerical precision',
  scale: scaleBits(2),
  apply(w, out, { bits, stochastic }, key) {
    const step = sharedKernels().maxAbs(w) / (Math.round(2 ** (bits - 1)) - 1)
    if (!(step > 0)) return out.set(w)
    const draws = evenNumbers(0, w.length, key)
    for (let i = 0; i < w.length; i++) {
      const dither = stochastic ? (draws[i] + 1) / 2 : 0.5
      out[i] = Math.floor(w[i] / step + dither) * step
    }
  },
})
