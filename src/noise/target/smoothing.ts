import { sharedKernels } from '../../kernels/index.js'
import { share } from '../level.js'
import { defineTarget } from './define.js'

/** (1 - amount) y + amount / K. */
export const smoothing = defineTarget({
  kind: 'smoothing',
  what: 'Moves a share of every target to the uniform distribution over the classes.',
  form: 'classes',
  unit: 'share moved',
  levels: { amount: share('share moved to the uniform distribution', 0.1) },
  identity: { amount: 0 },
  deterministic: true,
  paper: 'Szegedy et al. 2016, Rethinking the Inception architecture; K counts the true class too',
  apply(y, out, { amount }) {
    sharedKernels().scaleAdd(y, out, 1 - amount, amount / y.length)
  },
})
