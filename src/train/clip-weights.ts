import { clipToDeviations } from '../noise/index.js'
import { type Buffers, viewOf } from './layout.js'

/**
 * Keeps weights within so many standard deviations of their tensor, in place and for good, as aihwkit's
 * WeightClip LayerGaussian does after every update. What has one axis, a bias or a scale, is left alone.
 */
export function clipWeights({ layout, parameters }: Buffers, deviations: number): void {
  for (const slot of layout.slots) {
    if (!slot.trained || slot.shape.length < 2) continue
    const weights = viewOf(parameters, slot)
    clipToDeviations(weights, weights, deviations)
  }
}
