import { exactPow, Random } from '../../base/index.js'
import { defineAscent, normOf, radius, stepsField, withinBall } from './define.js'

const pixels = 'units of the sample'

const walk = {
  steps: stepsField(10),
  stepSize: radius('length of a step over the radius', 'share', 0.25),
  start: {
    ...radius('length of the random start over the radius; 0 starts at the sample', 'share', 1),
    range: [0, 1] as const,
  },
}

/** x + radius sign(g). */
export const fastGradientSign = defineAscent({
  at: 'input',
  kind: 'fast_gradient_sign',
  what: 'Moves every value of a sample by the same amount up the loss (FGSM).',
  unit: 'largest change of a value',
  levels: { radius: radius('how far each value is moved', pixels, 0.03) },
  deterministic: true,
  paper: 'Goodfellow et al. 2015, Explaining and harnessing adversarial examples',
  steps: () => 1,
  climb(climbers, level) {
    for (const { at, gradient } of climbers)
      for (let i = 0; i < at.length; i++) at[i] += level.radius * Math.sign(gradient[i])
  },
})

/** x + stepSize radius sign(g), each value kept within radius of the sample, so many times. */
export const projectedGradient = defineAscent({
  at: 'input',
  kind: 'projected_gradient',
  what: 'Looks for the worst sample with every value within a radius (PGD, L-infinity).',
  unit: 'largest change of a value',
  levels: { radius: radius('largest change of a value', pixels, 0.03), ...walk },
  paper: 'Madry et al. 2018, Towards deep learning models resistant to adversarial attacks',
  steps: ({ steps }) => steps,
  start({ at }, level, key) {
    const random = new Random(key)
    const length = level.start * level.radius
    for (let i = 0; i < at.length; i++) at[i] += length * (2 * random.float() - 1)
  },
  climb(climbers, level) {
    const step = level.stepSize * level.radius
    for (const { from, at, gradient } of climbers)
      for (let i = 0; i < at.length; i++) {
        const moved = at[i] + step * Math.sign(gradient[i])
        at[i] = Math.min(from[i] + level.radius, Math.max(from[i] - level.radius, moved))
      }
  },
})

/** x + stepSize radius g / |g|, kept within radius (Euclidean) of the sample, so many times. */
export const projectedGradientL2 = defineAscent({
  at: 'input',
  kind: 'projected_gradient_l2',
  what: 'Looks for the worst sample within a Euclidean distance (PGD, L2).',
  unit: 'Euclidean length of the change',
  levels: { radius: radius('Euclidean length of the change', pixels, 0.5), ...walk },
  paper: 'Madry et al. 2018, Towards deep learning models resistant to adversarial attacks',
  steps: ({ steps }) => steps,
  /** Uniform in the ball: a normal direction, a length of radius u^(1/d). */
  start({ at }, level, key) {
    const random = new Random(key)
    const direction = at.map(() => random.normal())
    const reach = level.start * level.radius * exactPow(random.float(), 1 / at.length)
    const scale = reach / normOf([direction])
    for (let i = 0; i < at.length; i++) at[i] += scale * direction[i]
  },
  climb(climbers, level) {
    const step = level.stepSize * level.radius
    for (const { from, at, gradient } of climbers) {
      const slope = normOf([gradient])
      if (!slope) continue
      for (let i = 0; i < at.length; i++) at[i] += (step / slope) * gradient[i]
      withinBall(from, at, level.radius)
    }
  },
})
