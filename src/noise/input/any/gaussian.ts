import { sharedKernels } from '../../../kernels/index.js'
import { clipOf } from '../../context.js'
import { amount } from '../../level.js'
import { defineInput } from '../define.js'
import { additive, ownDraws } from './additive.js'

/** clip(x + sigma N(0, 1)). */
export const gaussian = defineInput({
  kind: 'gaussian',
  what: 'Adds a normal number to every value.',
  modality: 'any',
  unit: 'standard deviation, in units of the input',
  levels: { sigma: amount('standard deviation', 'input units', 0.1) },
  identity: { sigma: 0 },
  paper: 'Bishop 1995, Training with noise is equivalent to Tikhonov regularization',
  deviation: ({ sigma }) => sigma,
  apply: additive((x, out, { sigma, low, high }, key) =>
    sharedKernels().gaussian(x, out, { sigma, low, high }, key),
  ),
  applyRows(x, out, { sigma }, key, context, ids) {
    if (sigma === 0 || !ownDraws(context)) return false
    sharedKernels().gaussianRows(x, out, { sigma, ...clipOf(context) }, key, ids)
    return true
  },
})
