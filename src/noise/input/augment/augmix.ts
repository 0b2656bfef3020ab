import { fold, Random } from '../../../base/index.js'
import { share } from '../../level.js'
import { beta, dirichlet } from '../../mix/beta.js'
import { mapPlanes, type Picture } from '../image/picture.js'
import { defineImage } from './define.js'
import { augMixOperations } from './operations.js'

const count = (what: string, value: number) => ({
  what,
  unit: 'operations',
  range: [1, 20] as const,
  default: value,
  whole: true,
})

/** m x + (1 - m) sum_k w_k chain_k(x), w ~ Dirichlet(1), m ~ Beta(1, 1), chains of 1 to 3 operations. */
export const augmix = defineImage({
  kind: 'augmix',
  what: 'Blends the image with several chains of random operations on it.',
  unit: 'severity of the operations',
  levels: {
    severity: {
      what: 'largest magnitude; each is drawn from U(.1, severity)',
      unit: 'of 10',
      range: [0.1, 10],
      default: 3,
    },
    width: count('chains', 3),
    depth: count('longest chain', 3),
    blend: share('share of the augmented image in the result', 1),
  },
  identity: { blend: 0 },
  paper:
    'Hendrycks et al. 2020, AugMix: a simple data processing method to improve robustness and uncertainty',
  change(picture, { severity, width, depth, blend }, key) {
    const random = new Random(fold(key, 0))
    const weights = dirichlet(width, 1, random)
    const kept = beta(1, 1, random)
    const chains = weights.map(() => chain(picture, severity, depth, random))
    return mapPlanes(picture, (plane, c) =>
      plane.map((value, i) => {
        const augmented = chains.reduce((sum, { planes }, k) => sum + weights[k] * planes[c][i], 0)
        const mixed = kept * value + (1 - kept) * augmented
        return value + blend * (mixed - value)
      }),
    )
  },
})

function chain(picture: Picture, severity: number, depth: number, random: Random): Picture {
  let result = picture
  for (let left = 1 + random.below(depth); left > 0; left--) {
    const operation = augMixOperations[random.below(augMixOperations.length)]
    result = operation(result, 0.1 + random.float() * (severity - 0.1), random)
  }
  return result
}

/** So many operations one after the other, all at one magnitude. */
export const randAugment = defineImage({
  kind: 'rand_augment',
  what: 'Applies several random operations to the image, one after the other.',
  unit: 'magnitude of the operations',
  levels: {
    magnitude: { what: 'of every operation', unit: 'of 10', range: [0, 10], default: 5 },
    operations: { ...count('operations, one after the other', 2), range: [0, 20] },
  },
  identity: { operations: 0 },
  paper:
    'Cubuk et al. 2020, RandAugment: practical automated data augmentation with a reduced search space',
  scale: (level, gain) =>
    gain === 0
      ? { ...level, operations: 0 }
      : { ...level, magnitude: Math.min(10, level.magnitude * gain) },
  change(picture, { magnitude, operations }, key) {
    const random = new Random(key)
    let result = picture
    for (let left = operations; left > 0; left--)
      result = augMixOperations[random.below(augMixOperations.length)](result, magnitude, random)
    return result
  },
})
