import { share } from '../level.js'
import { defineWeight } from './define.js'
import { marks } from './draws.js'

/** Zero with probability rate, else w / (1 - rate) (or w itself with rescale 0). */
export const dropconnect = defineWeight({
  kind: 'dropconnect',
  what: 'Drops a share of the weights, and makes up for it in the others.',
  unit: 'share of weights dropped',
  levels: {
    rate: { ...share('probability of being dropped', 0.1), range: [0, 0.999] },
    rescale: {
      what: '1 divides the rest by 1 - rate, so that means stay',
      unit: '0 or 1',
      range: [0, 1],
      default: 1,
      whole: true,
    },
  },
  identity: { rate: 0 },
  paper: 'Wan et al. 2013, Regularization of neural networks using DropConnect',
  apply(w, out, { rate, rescale }, key) {
    const dropped = marks(0, w.length, rate, key)
    const factor = rescale ? 1 / (1 - rate) : 1
    for (let i = 0; i < w.length; i++) out[i] = dropped[i] ? 0 : w[i] * factor
  },
})
