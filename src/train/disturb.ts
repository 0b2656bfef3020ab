/** Noise on the flat buffers: weights before the session call, gradients after it. */
import { keyOf } from '../base/index.js'
import { type GradientNoise, isAscent, type WeightNoise } from '../noise/index.js'
import type { ResolvedNoise } from '../recipe/index.js'
import { type Buffers, viewOf } from './layout.js'
import { drawOf, isActive, levelNow, type NoiseTime } from './levels.js'

/**
 * The weights a step reads: the clean buffer, or the noisy copy while weight noise acts. Gradients
 * are taken at the noisy weights and move the clean ones, which are never touched here.
 */
export function disturbedWeights(
  buffers: Buffers,
  all: readonly ResolvedNoise[],
  time: NoiseTime,
): Float32Array {
  const active = all.filter(isActive('weight', time)).filter(({ noise }) => !isAscent(noise))
  if (!active.length) return buffers.parameters
  buffers.noisy.set(buffers.parameters)
  for (const noise of active) disturbWeights(buffers, noise, time)
  return buffers.noisy
}

function disturbWeights({ layout, noisy }: Buffers, active: ResolvedNoise, time: NoiseTime): void {
  const noise = active.noise as WeightNoise
  const level = levelNow(active, time)
  for (const slot of layout.slots.filter(s => active.touches.includes(s.name))) {
    const weights = viewOf(noisy, slot)
    const key = keyOf(time.seed, `${active.name} ${slot.name}`, drawOf(active, time))
    noise.apply(weights, weights, level, key, slot)
  }
}

/** Gradient noise, in place, on every trained tensor. */
export function disturbGradients(
  { layout, gradients }: Buffers,
  all: readonly ResolvedNoise[],
  time: NoiseTime,
): void {
  for (const active of all.filter(isActive('gradient', time)))
    for (const slot of layout.slots.filter(s => s.trained)) {
      const key = keyOf(time.seed, `${active.name} ${slot.name}`, time.step)
      const gradient = viewOf(gradients, slot)
      const noise = active.noise as GradientNoise
      noise.apply(gradient, gradient, levelNow(active, time), key)
    }
}
