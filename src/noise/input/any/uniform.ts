import { sharedKernels } from '../../../kernels/index.js'
import { amount } from '../../level.js'
import { defineInput } from '../define.js'
import { additive } from './additive.js'

/** clip(x + U(-halfWidth, halfWidth)). */
export const uniform = defineInput({
  kind: 'uniform',
  what: 'Adds a number drawn evenly from an interval around zero to every value.',
  modality: 'any',
  unit: 'half-width of the interval, in units of the input',
  levels: { halfWidth: amount('largest change up or down', 'input units', 0.1) },
  identity: { halfWidth: 0 },
  paper: 'Geirhos et al. 2018, Generalisation in humans and deep neural networks',
  deviation: ({ halfWidth }) => halfWidth / Math.sqrt(3),
  apply: additive((x, out, { halfWidth, low, high }, key) =>
    sharedKernels().uniform(x, out, { halfWidth, low, high }, key),
  ),
})
