import { fold } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { amount, share } from '../level.js'
import { defineActivation } from './define.js'

/** y + sigma N(0, 1) + relative max|y| N(0, 1), the largest of the sample. */
export const gaussian = defineActivation({
  kind: 'gaussian',
  what: 'Adds a normal number to every activation, in absolute size or relative to the largest of the sample.',
  unit: 'standard deviation, absolute or relative to the largest absolute activation',
  levels: {
    sigma: amount('absolute standard deviation', 'activation units'),
    relative: amount(
      'standard deviation over the largest absolute activation of the sample',
      'share',
    ),
  },
  identity: { sigma: 0, relative: 0 },
  uses: fields => [
    ...(fields.includes('sigma') || !fields.includes('relative') ? (['shift'] as const) : []),
    ...(fields.includes('relative') ? (['relativeShift'] as const) : []),
  ],
  paper:
    'Poole et al. 2014, Analyzing noise in autoencoders and deep networks; Keras GaussianNoise; aihwkit out_noise',
  fill({ shift, relativeShift }, { sigma, relative }, key) {
    if (shift) sharedKernels().normal(shift, sigma, key)
    if (relativeShift) sharedKernels().normal(relativeShift, relative, fold(key, 1))
  },
})

/** y (1 + sigma N(0, 1)), sigma = sqrt(rate / (1 - rate)): the variance of dropout at that rate. */
export const gaussianDropout = defineActivation({
  kind: 'gaussian_dropout',
  what: 'Multiplies every activation by a normal number around one.',
  unit: 'rate of the dropout of equal variance',
  levels: {
    rate: { ...share('rate of the dropout that has the same variance', 0.1), range: [0, 0.999] },
  },
  identity: { rate: 0 },
  uses: ['scale'],
  paper: 'Srivastava et al. 2014, Dropout, section 10; Keras GaussianDropout',
  fill({ scale }, { rate }, key) {
    sharedKernels().gaussian(scale!, scale!, { sigma: Math.sqrt(rate / (1 - rate)) }, key)
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
