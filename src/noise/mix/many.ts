import { fold, Random } from '../../base/index.js'
import { amount } from '../level.js'
import { dirichlet } from './beta.js'
import { defineMix } from './define.js'

/** sum_k weight_k x[partner_k], weights ~ Dirichlet(alpha, ..., alpha), the sample itself among them. */
export const many = defineMix({
  kind: 'mix_many',
  what: 'Blends each sample and its target with those of several partners of the batch.',
  unit: 'samples in each mixture',
  levels: {
    parts: {
      what: 'samples in each mixture',
      unit: 'samples',
      range: [1, 64],
      default: 3,
      whole: true,
    },
    alpha: { ...amount('parameter of the Dirichlet distribution', 'none', 1), range: [0.01, 1e3] },
  },
  identity: { parts: 1 },
  paper:
    'Zhang et al. 2018, mixup, section 2 (convex combinations of several samples, Dirichlet weights)',
  plan(batch, { parts, alpha }, key, { per = 'batch' }) {
    const indices = new Int32Array(batch * parts)
    const weights = new Float32Array(batch * parts)
    for (let k = 0; k < parts; k++) {
      const order = Array.from({ length: batch }, (_, i) => i)
      if (k > 0) new Random(fold(key, k)).shuffle(order)
      order.forEach((partner, i) => {
        indices[i * parts + k] = partner
      })
    }
    const draws = new Random(fold(key, 0))
    const one = dirichlet(parts, alpha, draws)
    for (let i = 0; i < batch; i++)
      weights.set(per === 'batch' ? one : dirichlet(parts, alpha, draws), i * parts)
    return { parts, indices, weights }
  },
})
