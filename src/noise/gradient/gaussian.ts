import { sharedKernels } from '../../kernels/index.js'
import { amount, isIdentity } from '../level.js'
import type { GradientNoise } from '../types.js'

/** g + N(0, variance); Neelakantan's annealing, eta / (1 + t)^gamma, is a schedule of the variance. */
export const gaussian: GradientNoise = {
  at: 'gradient',
  kind: 'gaussian',
  what: 'Adds a normal number to every gradient.',
  unit: 'variance',
  levels: { variance: amount('variance of the noise', 'gradient units squared', 0.01) },
  identity: { variance: 0 },
  presets: {},
  paper: 'Neelakantan et al. 2015, Adding gradient noise improves learning for very deep networks',
  // Half the noise is half the standard deviation: a quarter of the variance.
  scale: ({ variance }, gain) => ({ variance: variance * gain ** 2 }),
  apply(g, out, level, key) {
    if (isIdentity(gaussian, level)) {
      if (out !== g) out.set(g)
      return
    }
    sharedKernels().gaussian(g, out, { sigma: Math.sqrt(level.variance) }, key)
  },
}
