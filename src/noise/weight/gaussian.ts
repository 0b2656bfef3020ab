import { sharedKernels } from '../../kernels/index.js'
import { amount } from '../level.js'
import { channelOf, largestPerChannel } from './channels.js'
import { defineWeight } from './define.js'
import { normals } from './draws.js'

/** w + s N(0, 1), s^2 = sigma^2 + (relative max|w|)^2 + (channelRelative max of the channel)^2. */
export const gaussian = defineWeight({
  kind: 'gaussian',
  what: 'Adds a normal number to every weight, in absolute size or relative to the largest weight of its tensor or channel.',
  unit: 'standard deviation, absolute or relative to the largest absolute weight',
  levels: {
    sigma: amount('absolute standard deviation', 'weight units'),
    relative: amount('standard deviation over the largest absolute weight of the tensor', 'share'),
    channelRelative: amount(
      'standard deviation over the largest absolute weight of the output channel',
      'share',
    ),
  },
  identity: { sigma: 0, relative: 0, channelRelative: 0 },
  paper:
    'Joshi et al. 2020, Accurate deep neural network inference using computational phase-change memory; aihwkit AddNormal',
  apply(w, out, { sigma, relative, channelRelative = 0 }, key, context) {
    const kernels = sharedKernels()
    const largest = relative > 0 ? kernels.maxAbs(w) : 0
    const even = lengthOf(sigma, relative * largest)
    if (!channelRelative) return kernels.gaussian(w, out, { sigma: even }, key)
    const most = largestPerChannel(w, context)
    const { of } = channelOf(context)
    const draws = normals(0, w.length, key)
    for (let i = 0; i < w.length; i++)
      out[i] = w[i] + draws[i] * lengthOf(even, channelRelative * most[of(i)])
  },
})

/** Independent noises add up by their squares. */
const lengthOf = (a: number, b: number) => Math.sqrt(a * a + b * b)
