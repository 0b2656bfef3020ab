import { defineAscent, normOf, radius, stepsField, withinBall } from './define.js'

/** Each tensor of two axes or more: w + radius |w| g / |g|, kept within radius |w| of the start. */
export const adversarial = defineAscent({
  at: 'weight',
  kind: 'adversarial',
  what: 'Moves each weight tensor up the loss by a share of its own length (AWP).',
  unit: 'length of the step over that of the tensor',
  levels: {
    radius: radius('how far each tensor is moved, over its Euclidean norm', 'share', 0.01),
    steps: stepsField(1),
  },
  deterministic: true,
  paper:
    'Wu et al. 2020, Adversarial weight perturbation helps robust generalization, equations 7 to 9; biases and scales stay, as in the authors code',
  steps: ({ steps }) => steps,
  moves: shape => shape.length > 1,
  climb(climbers, level) {
    for (const { from, at, gradient } of climbers) {
      const length = level.radius * normOf([from])
      const slope = normOf([gradient])
      if (!slope) continue
      for (let i = 0; i < at.length; i++) at[i] += (length / level.steps) * (gradient[i] / slope)
      withinBall(from, at, length)
    }
  },
})
