import { type Key, sizeOf } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { clipOf } from '../../context.js'
import { amount } from '../../level.js'
import { scratch } from '../../scratch.js'
import type { DisturbedRows, InputContext } from '../../types.js'
import { defineInput } from '../define.js'
import { additive, ownDraws } from './additive.js'

/** clip(x + sigma N(0, 1)). */
export const gaussian = defineInput({
  kind: 'gaussian',
  what: 'Adds a normal number to every value.',
  modality: 'any',
  unit: 'standard deviation, in units of the input',
  levels: { sigma: amount('standard deviation', 'input units', 0.1) },
  identity: { sigma: 0 },
  paper: 'Bishop 1995, Training with noise is equivalent to Tikhonov regularization',
  deviation: ({ sigma }) => sigma,
  apply: additive((x, out, { sigma, low, high }, key) =>
    sharedKernels().gaussian(x, out, { sigma, low, high }, key),
  ),
  applyRows,
})

function applyRows(
  x: Float32Array,
  out: Float32Array,
  { count, list, ids, copies, levels }: DisturbedRows,
  key: Key,
  context: InputContext,
): boolean {
  if (!ownDraws(context)) return false
  const sigmas = scratch(0, count)
  for (let i = 0; i < count; i++) {
    sigmas[i] = levels[i].sigma
    if (sigmas[i] === 0) return false
  }
  const width = sizeOf(context.shape)
  const rows = { width, count, list, ids, copies, sigmas, ...clipOf(context) }
  sharedKernels().gaussianRows(x, out, rows, key)
  return true
}
