import { sharedKernels } from '../../kernels/index.js'
import { amount, scaleBits } from '../level.js'
import { defineActivation } from './define.js'

/** y + sigma N(0, 1). */
export const gaussian = defineActivation({
  kind: 'gaussian',
  what: 'Adds a normal number to every activation.',
  unit: 'standard deviation, in units of the activation',
  levels: { sigma: amount('standard deviation', 'activation units', 0.1) },
  identity: { sigma: 0 },
  uses: ['shift'],
  paper:
    'Poole et al. 2014, Analyzing noise in autoencoders and deep networks; Keras GaussianNoise',
  fill: ({ shift }, { sigma }, key) => sharedKernels().normal(shift!, sigma, key),
})

/** y (1 + sigma N(0, 1)); sigma = sqrt(p / (1 - p)) has the variance of dropout at rate p. */
export const gaussianDropout = defineActivation({
  kind: 'gaussian_dropout',
  what: 'Multiplies every activation by a normal number around one.',
  unit: 'standard deviation of the factor',
  levels: { sigma: amount('standard deviation of the factor', 'share', 0.33) },
  identity: { sigma: 0 },
  uses: ['scale'],
  paper: 'Srivastava et al. 2014, Dropout, section 10; Keras GaussianDropout',
  fill({ scale }, { sigma }, key) {
    sharedKernels().gaussian(scale!, scale!, { sigma }, key)
  },
})

/** y + U(-halfWidth, halfWidth). */
export const uniform = defineActivation({
  kind: 'uniform',
  what: 'Adds a number drawn evenly from an interval around zero to every activation.',
  unit: 'half-width of the interval, in units of the activation',
  levels: { halfWidth: amount('largest change up or down', 'activation units', 0.1) },
  identity: { halfWidth: 0 },
  uses: ['shift'],
  paper: 'Gulcehre et al. 2016, Noisy activation functions',
  fill: ({ shift }, { halfWidth }, key) =>
    sharedKernels().uniform(shift!, shift!, { halfWidth }, key),
})

/** y + step U(-1/2, 1/2), step = range / (2^bits - 1): what a converter of so many bits does on average. */
export const converter = defineActivation({
  kind: 'converter',
  what: 'Adds the rounding error of an analog-to-digital converter as even noise.',
  unit: 'bits',
  levels: {
    bits: { what: 'bits of the converter', unit: 'bits', range: [1, 32], default: 8 },
    range: amount('from the smallest to the largest value it tells apart', 'activation units', 12),
  },
  identity: { bits: 32 },
  uses: ['shift'],
  paper: 'Widrow & Kollar 2008, Quantization noise; Defossez et al. 2022, DiffQ; aihwkit out_res',
  scale: scaleBits(1),
  fill({ shift }, { bits, range }, key) {
    const halfWidth = range / (2 ** bits - 1) / 2
    sharedKernels().uniform(shift!, shift!, { halfWidth }, key)
  },
})
