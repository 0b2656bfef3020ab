import { expected, UsageError } from '../../base/index.js'
import { share } from '../level.js'
import { defineTarget } from './define.js'

/** (1 - amount) y + amount prior. */
export const priorSmoothing = defineTarget({
  kind: 'prior_smoothing',
  what: 'Moves a share of every target to how often each class occurs.',
  form: 'classes',
  unit: 'share moved',
  levels: { amount: share('share moved to the class frequencies', 0.1) },
  identity: { amount: 0 },
  deterministic: true,
  needs: ['prior'],
  paper:
    'Szegedy et al. 2016, with the distribution u(k) of the classes; Pereyra et al. 2017 (unigram smoothing)',
  apply(y, out, { amount }, _key, { prior }) {
    if (prior?.length !== y.length)
      throw new UsageError(
        expected('prior', `one frequency for each of ${y.length} classes`, prior?.length ?? 'none'),
      )
    for (let k = 0; k < y.length; k++) out[k] = (1 - amount) * y[k] + amount * prior[k]
  },
})
