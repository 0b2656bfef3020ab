import { expected, Random, UsageError } from '../../base/index.js'
import { share } from '../level.js'
import { classOf, defineTarget, exchange } from './define.js'

/** Class 1 becomes 0 with probability positive, class 0 becomes 1 with probability negative. */
export const binaryFlip = defineTarget({
  kind: 'binary_flip',
  what: 'Flips two-class labels, each class at its own rate.',
  form: 'classes',
  unit: 'share of labels flipped, of either class',
  levels: {
    positive: share('probability of 1 becoming 0', 0.2),
    negative: share('probability of 0 becoming 1', 0.05),
  },
  identity: { positive: 0, negative: 0 },
  paper: 'Patrini et al. 2017, Making deep neural networks robust to label noise',
  apply(y, out, { positive, negative }, key) {
    if (y.length !== 2)
      throw new UsageError(expected('binary_flip', 'targets of 2 classes', y.length))
    const from = classOf(y)
    const flipped = new Random(key).float() < (from === 1 ? positive : negative)
    exchange(y, out, from, flipped ? 1 - from : from)
  },
})
