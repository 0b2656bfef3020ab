import { defineAscent, normOf, radius } from './define.js'

/** Kept from division by zero, as in the authors' code. */
const tiny = 1e-12

/** w + radius g / |g|, the norm over all weights together. */
export const sharpnessAware = defineAscent({
  at: 'weight',
  kind: 'sharpness_aware',
  what: 'Trains at the weights where the loss is highest nearby (SAM): flat minima.',
  unit: 'Euclidean length of the step, all weights together',
  levels: { radius: radius('how far the weights are moved', 'weight units', 0.05) },
  deterministic: true,
  paper:
    'Foret et al. 2021, Sharpness-aware minimization for efficiently improving generalization, equation 2',
  steps: () => 1,
  climb(climbers, level) {
    const scale = level.radius / (normOf(climbers.map(({ gradient }) => gradient)) + tiny)
    for (const { at, gradient } of climbers)
      for (let i = 0; i < at.length; i++) at[i] += scale * gradient[i]
  },
})

/** w + radius T^2 g / |T g|, T = |w| + eta: the same whatever the scale of the weights. */
export const adaptiveSharpnessAware = defineAscent({
  at: 'weight',
  kind: 'adaptive_sharpness_aware',
  what: 'Sharpness-aware training whose step is as large as each weight (ASAM).',
  unit: 'Euclidean length of the step over the weights',
  levels: {
    radius: radius('how far the weights are moved, in their own sizes', 'share', 0.5),
    eta: radius('added to the size of each weight', 'weight units', 0.01),
  },
  deterministic: true,
  paper:
    'Kwon et al. 2021, ASAM: adaptive sharpness-aware minimization for scale-invariant learning, equation 3',
  steps: () => 1,
  climb(climbers, { radius: length, eta }) {
    const size = (w: number) => Math.abs(w) + eta
    const sized = climbers.map(({ from, gradient }) => gradient.map((g, i) => g * size(from[i])))
    const scale = length / (normOf(sized) + tiny)
    for (const [k, { from, at }] of climbers.entries())
      for (let i = 0; i < at.length; i++) at[i] += scale * size(from[i]) * sized[k][i]
  },
})
