import { clipInPlace } from '../../context.js'
import { scaleBits } from '../../level.js'
import { defineInput } from '../define.js'

/** low + round((x - low) / step) step, step = (high - low) / (2^bits - 1). */
export const quantization = defineInput({
  kind: 'quantization',
  what: 'Rounds every value to one of evenly spaced steps over the allowed range.',
  modality: 'any',
  unit: 'bits',
  levels: {
    bits: {
      what: 'the range has 2^bits steps; fewer is coarser',
      unit: 'bits',
      range: [1, 32],
      default: 4,
    },
  },
  identity: { bits: 32 },
  deterministic: true,
  paper: 'Widrow & Kollar 2008; bit-depth reduction as in Xu et al. 2018, Feature squeezing',
  scale: scaleBits(1),
  apply(x, out, { bits }, _key, context) {
    const [low, high] = context.clip ?? [0, 1]
    const step = (high - low) / (Math.round(2 ** bits) - 1)
    for (let i = 0; i < x.length; i++) out[i] = low + Math.round((x[i] - low) / step) * step
    clipInPlace(out, context)
  },
})
