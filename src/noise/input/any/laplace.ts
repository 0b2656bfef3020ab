import { sharedKernels } from '../../../kernels/index.js'
import { amount } from '../../level.js'
import { defineInput } from '../define.js'
import { additive } from './additive.js'

/** clip(x + scale L), L of density exp(-|L|) / 2; standard deviation sqrt(2) scale. */
export const laplace = defineInput({
  kind: 'laplace',
  what: 'Adds a number of the Laplace distribution, with heavier tails than the normal one, to every value.',
  modality: 'any',
  unit: 'scale b of the density exp(-|x|/b) / 2b, in units of the input',
  levels: { scale: amount('scale b', 'input units', 0.1) },
  identity: { scale: 0 },
  paper: 'Laplace 1774; as in Albumentations AdditiveNoise',
  deviation: ({ scale }) => scale * Math.SQRT2,
  apply: additive((x, out, { scale, low, high }, key) =>
    sharedKernels().laplace(x, out, { scale, low, high }, key),
  ),
})
