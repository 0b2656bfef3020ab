import { exactPow } from '../base/index.js'

export interface AdamState {
  readonly parameters: Float32Array
  readonly gradients: Float32Array
  /** Running mean of the gradient; zeros before the first step. */
  readonly means: Float32Array
  /** Running mean of its square; zeros before the first step. */
  readonly squares: Float32Array
}

export interface AdamOptions {
  /** Which step this is, from 1. */
  readonly step: number
  readonly learningRate: number
  /** Default 0.9. */
  readonly beta1?: number
  /** Default 0.999. */
  readonly beta2?: number
  /** Default 1e-8; added outside the bias correction. */
  readonly epsilon?: number
  readonly weightDecay?: number
  /** Multiplies the gradient first: for clipping by norm, and for accumulation. */
  readonly gradientScale?: number
}

export interface SgdOptions {
  readonly learningRate: number
  /** Default 0; needs a velocity. */
  readonly momentum?: number
  /** Step along g + momentum b (Sutskever et al. 2013). */
  readonly nesterov?: boolean
  readonly weightDecay?: number
  /** Multiplies the gradient first: for clipping by norm, and for accumulation. */
  readonly gradientScale?: number
}

/**
 * w -= rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon): the kernel's scalars in
 * the order of its row.
 */
export function adamScalars(options: AdamOptions, decoupled: boolean): number[] {
  const { step, learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options
  const { weightDecay = 0, gradientScale = 1 } = options
  const l2 = decoupled ? 0 : weightDecay
  const decay = decoupled ? 1 - learningRate * weightDecay : 1
  const stepSize = learningRate / (1 - exactPow(beta1, step))
  const correction = Math.sqrt(1 - exactPow(beta2, step))
  const moments = [beta1, 1 - beta1, beta2, 1 - beta2]
  return [gradientScale, l2, decay, ...moments, stepSize, correction, epsilon]
}
