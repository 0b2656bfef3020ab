import { Random } from '../../base/index.js'
import { share } from '../level.js'
import { classOf, defineTarget, exchange } from './define.js'

/** With probability rate the class is drawn evenly from all K, its own too: rate (K - 1) / K really flip. */
export const inclusiveFlip = defineTarget({
  kind: 'inclusive_flip',
  what: 'Draws a share of the labels anew from all classes, the true one among them.',
  form: 'classes',
  unit: 'share of labels drawn anew',
  levels: { rate: share('probability of a new draw', 0.2) },
  identity: { rate: 0 },
  paper:
    'Symmetric label noise as in Zhang et al. 2017, Understanding deep learning requires rethinking generalization',
  apply(y, out, { rate }, key) {
    const random = new Random(key)
    const from = classOf(y)
    exchange(y, out, from, random.float() < rate ? random.below(y.length) : from)
  },
})
