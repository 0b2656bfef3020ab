import { fold, Random } from '../../base/index.js'
import { amount } from '../level.js'
import { beta } from './beta.js'
import { defineMix, pairs, shuffled } from './define.js'

/** lambda x + (1 - lambda) x[partner], lambda ~ Beta(alpha, alpha); lambda weighs the sample itself. */
export const mixup = defineMix({
  kind: 'mixup',
  what: 'Blends each sample and its target with those of a random partner of the batch.',
  unit: 'alpha of Beta(alpha, alpha)',
  levels: { alpha: amount('both parameters of the Beta distribution', 'none', 0.2) },
  identity: { alpha: 0 },
  paper: 'Zhang et al. 2018, mixup: beyond empirical risk minimization',
  plan(batch, { alpha }, key, { per = 'batch' }) {
    const partners = shuffled(batch, fold(key, 0))
    const draws = new Random(fold(key, 1))
    const one = beta(alpha, alpha, draws)
    return pairs(partners, () => (per === 'batch' ? one : beta(alpha, alpha, draws)))
  },
})
