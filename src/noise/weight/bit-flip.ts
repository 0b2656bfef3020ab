import { fold } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { share } from '../level.js'
import { defineWeight } from './define.js'
import { marks } from './draws.js'

/**
 * Each bit of the weight as a two's complement integer q of `bits` bits, w = q max|w| / (2^(bits-1) - 1),
 * flips with probability rate. A weight with no flipped bit stays exactly as it is.
 */
export const bitFlip = defineWeight({
  kind: 'bit_flip',
  what: 'Flips bits of the weights as they would lie in memory as integers.',
  unit: 'probability of a bit to flip',
  levels: {
    rate: share('probability of each bit', 0.001),
    bits: {
      what: 'bits of an integer weight',
      unit: 'bits',
      range: [2, 16],
      default: 8,
      whole: true,
    },
  },
  identity: { rate: 0 },
  paper:
    'Reagen et al. 2018, Ares: a framework for quantifying the resilience of deep neural networks; PyTorchFI',
  apply(w, out, { rate, bits }, key) {
    const step = sharedKernels().maxAbs(w) / (2 ** (bits - 1) - 1)
    if (out !== w) out.set(w)
    if (!(step > 0)) return
    const masks = new Int32Array(w.length)
    for (let bit = 0; bit < bits; bit++) {
      const flipped = marks(0, w.length, rate, fold(key, bit))
      for (let i = 0; i < w.length; i++) if (flipped[i]) masks[i] |= 1 << bit
    }
    const unused = 32 - bits
    for (let i = 0; i < w.length; i++) {
      if (!masks[i]) continue
      const q = Math.round(w[i] / step)
      // Shifting up and down again extends the sign bit.
      out[i] = w[i] + ((((q ^ masks[i]) << unused) >> unused) - q) * step
    }
  },
})
