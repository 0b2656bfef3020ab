import { expected, fold, sizeOf, UsageError } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { share } from '../../level.js'
import { scratch } from '../../scratch.js'
import type { InputContext } from '../../types.js'
import { defineInput } from '../define.js'

/** Each value (pixel, channel: `per`) becomes `fill` with the probability `amount`; no rescaling. */
export const masking = defineInput({
  kind: 'masking',
  what: 'Sets a share of the values (or pixels, or channels) to one number.',
  modality: 'any',
  unit: 'share of values masked',
  levels: {
    amount: share('probability of being masked', 0.1),
    fill: {
      what: 'what takes their place',
      unit: 'input units',
      range: [-Infinity, Infinity],
      default: 0,
    },
  },
  identity: { amount: 0 },
  scale: (level, gain) => ({ ...level, amount: Math.min(1, level.amount * gain) }),
  paper:
    'Vincent et al. 2008, Extracting and composing robust features with denoising autoencoders',
  apply(x, out, { amount, fill }, key, context) {
    const { draws, groupOf } = groups(x.length, context)
    const marks = scratch(0, draws).fill(0)
    const level = { lowShare: 0, highShare: amount, low: 0, high: 1 }
    sharedKernels().replace(marks, marks, level, fold(key, 0))
    for (let i = 0; i < x.length; i++) out[i] = marks[groupOf(i)] ? fill : x[i]
  },
})

function groups(length: number, { per = 'element', shape }: InputContext) {
  const plane = sizeOf(shape.slice(1))
  if (per === 'element') return { draws: length, groupOf: (i: number) => i }
  if (per === 'pixel') return { draws: plane, groupOf: (i: number) => i % plane }
  if (per === 'channel') return { draws: shape[0], groupOf: (i: number) => Math.floor(i / plane) }
  throw new UsageError(expected('masking.per', 'element, pixel or channel', per))
}
