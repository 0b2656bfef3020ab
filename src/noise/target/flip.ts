import { Random } from '../../base/index.js'
import { share } from '../level.js'
import { classOf, defineTarget, exchange } from './define.js'

/** With probability rate the class becomes one of the K - 1 others, each as likely; never itself. */
export const flip = defineTarget({
  kind: 'flip',
  what: 'Turns a share of the labels into another class, each of the others as likely.',
  form: 'classes',
  unit: 'share of labels flipped',
  levels: { rate: share('probability of another class', 0.2) },
  identity: { rate: 0 },
  paper: 'Symmetric label noise; Patrini et al. 2017, Han et al. 2018 (Co-teaching)',
  apply(y, out, { rate }, key) {
    const random = new Random(key)
    const from = classOf(y)
    const flipped = random.float() < rate && y.length > 1
    exchange(y, out, from, flipped ? otherClass(from, y.length, random) : from)
  },
})

function otherClass(from: number, classes: number, random: Random): number {
  const to = random.below(classes - 1)
  return to < from ? to : to + 1
}
