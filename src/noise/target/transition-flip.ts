import { expected, Random, UsageError } from '../../base/index.js'
import { share } from '../level.js'
import type { TargetContext } from '../types.js'
import { classOf, defineTarget, exchange } from './define.js'

/** The class is drawn from the row of amount T + (1 - amount) I of its class. */
export const transitionFlip = defineTarget({
  kind: 'transition_flip',
  what: 'Draws every label from the row of a transition matrix.',
  form: 'classes',
  unit: 'share of the matrix against the identity',
  levels: { amount: share('1 takes the matrix as it is', 1) },
  identity: { amount: 0 },
  needs: ['transition'],
  paper: 'Patrini et al. 2017; cleanlab (Northcutt et al. 2021, Confident learning)',
  apply(y, out, { amount }, key, context) {
    const from = classOf(y)
    const row = rowOf(context, from, y.length)
    const random = new Random(key)
    exchange(y, out, from, random.float() < amount ? drawFrom(row, random) : from)
  },
})

function rowOf({ transition }: TargetContext, from: number, classes: number): Float32Array {
  if (transition?.length !== classes * classes)
    throw new UsageError(
      expected('transition', `a matrix of ${classes} x ${classes}`, transition?.length ?? 'none'),
    )
  const row = transition.subarray(from * classes, (from + 1) * classes)
  const sum = row.reduce((a, b) => a + b, 0)
  if (Math.abs(sum - 1) > 1e-4 || row.some(p => !(p >= 0)))
    throw new UsageError(expected(`transition row ${from}`, 'chances that add up to 1', sum))
  return row
}

function drawFrom(chances: Float32Array, random: Random): number {
  let left = random.float()
  for (let k = 0; k < chances.length - 1; k++) {
    if (left < chances[k]) return k
    left -= chances[k]
  }
  return chances.length - 1
}
