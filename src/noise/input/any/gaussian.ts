import { sharedKernels } from '../../../kernels/index.js'
import { clipOf } from '../../context.js'
import { amount } from '../../level.js'
import { defineInput } from '../define.js'

/** clip(x + sigma N(0, 1)), every value its own draw. */
export const gaussian = defineInput({
  kind: 'gaussian',
  what: 'Adds a normal number to every value.',
  modality: 'any',
  unit: 'standard deviation, in units of the input',
  levels: { sigma: amount('standard deviation', 'input units', 0.1) },
  identity: { sigma: 0 },
  paper: 'Bishop 1995, Training with noise is equivalent to Tikhonov regularization',
  deviation: ({ sigma }) => sigma,
  apply(x, out, { sigma }, key, context) {
    sharedKernels().gaussian(x, out, { sigma, ...clipOf(context) }, key)
  },
})
