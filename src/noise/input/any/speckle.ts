import { sharedKernels } from '../../../kernels/index.js'
import { clipOf } from '../../context.js'
import { amount } from '../../level.js'
import { defineInput } from '../define.js'

/** clip(x + x sigma N(0, 1)). */
export const speckle = defineInput({
  kind: 'speckle',
  what: 'Multiplies every value by a normal number around one.',
  modality: 'any',
  unit: 'standard deviation over the value itself',
  levels: { sigma: amount('standard deviation of the factor', 'share', 0.2) },
  identity: { sigma: 0 },
  paper: 'Goodman 1976; as speckle_noise of Hendrycks & Dietterich 2019, without bytes',
  deviation: ({ sigma }) => sigma / 2,
  apply(x, out, { sigma }, key, context) {
    sharedKernels().speckle(x, out, { sigma, ...clipOf(context) }, key)
  },
})
