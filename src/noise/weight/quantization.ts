import { sharedKernels } from '../../kernels/index.js'
import { scaleBits } from '../level.js'
import { channelOf, largestPerChannel } from './channels.js'
import { defineWeight } from './define.js'
import { evenNumbers } from './draws.js'

/**
 * q step, q = round(w / step), step = max|w| / (2^(bits-1) - 1), of the tensor or of the channel;
 * stochastic: up with the chance of the rest.
 */
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
      default: 0,
      whole: true,
    },
    perChannel: {
      what: '1 takes the largest of each output channel, 0 of the whole tensor',
      unit: '0 or 1',
      range: [0, 1],
      default: 0,
      whole: true,
    },
  },
  identity: { bits: 32 },
  deterministic: true,
  paper:
    'Gupta et al. 2015, Deep learning with limited numerical precision; Jacob et al. 2018 (per channel)',
  scale: scaleBits(2),
  apply(w, out, { bits, stochastic, perChannel }, key, context) {
    const steps = Math.max(1, Math.round(2 ** (bits - 1)) - 1)
    const { of } = channelOf(context)
    const tops = perChannel
      ? largestPerChannel(w, context)
      : new Float32Array(1).fill(sharedKernels().maxAbs(w))
    const draws = stochastic ? evenNumbers(0, w.length, key) : undefined
    for (let i = 0; i < w.length; i++) {
      const step = tops[perChannel ? of(i) : 0] / steps
      const dither = draws ? (draws[i] + 1) / 2 : 0.5
      out[i] = step > 0 ? Math.floor(w[i] / step + dither) * step : w[i]
    }
  },
})
