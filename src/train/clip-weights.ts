import type { Kernels } from '../kernels/index.js'
import { type Buffers, viewOf } from './layout.js'

/**
 * Keeps weights within so many standard deviations of their tensor, in place and for good, as aihwkit's
 * WeightClip LayerGaussian does after every update. What has one axis, a bias or a scale, is left alone.
 */
export function clipWeights(
  { layout, parameters }: Buffers,
  deviations: number,
  kernels: Pick<Kernels, 'sumOfSquares' | 'clamp'>,
): void {
  for (const slot of layout.slots) {
    if (!slot.trained || slot.shape.length < 2) continue
    const weights = viewOf(parameters, slot)
    const limit = deviations * deviationOf(weights, kernels)
    kernels.clamp(weights, weights, -limit, limit)
  }
}

function deviationOf(weights: Float32Array, kernels: Pick<Kernels, 'sumOfSquares'>): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += weights[i]
  const mean = sum / weights.length
  return Math.sqrt(Math.max(0, kernels.sumOfSquares(weights) / weights.length - mean * mean))
}
