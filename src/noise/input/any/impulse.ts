import { fold } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { share } from '../../level.js'
import { scratch } from '../../scratch.js'
import { defineInput } from '../define.js'

/** A share `amount` of the values becomes a number drawn evenly from the whole range. */
export const impulse = defineInput({
  kind: 'impulse',
  what: 'Replaces a share of the values by numbers drawn evenly from the allowed range.',
  modality: 'any',
  unit: 'share of values replaced',
  levels: { amount: share('share of values replaced', 0.05) },
  identity: { amount: 0 },
  paper: 'Random-valued impulse noise; Chan et al. 2005',
  apply(x, out, { amount }, key, { clip }) {
    const [low, high] = clip ?? [0, 1]
    const kernels = sharedKernels()
    const values = scratch(0, x.length).fill((low + high) / 2)
    kernels.uniform(values, values, { halfWidth: (high - low) / 2 }, fold(key, 1))
    // A mark of 1 where a value is replaced.
    const marks = scratch(1, x.length).fill(0)
    kernels.replace(marks, marks, { lowShare: 0, highShare: amount, low: 0, high: 1 }, key)
    for (let i = 0; i < x.length; i++) out[i] = marks[i] ? values[i] : x[i]
  },
})
