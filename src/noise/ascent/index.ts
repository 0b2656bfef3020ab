import { fastGradientSign, projectedGradient, projectedGradientL2 } from './gradient-sign.js'
import { adaptiveSharpnessAware, sharpnessAware } from './sharpness.js'
import type { Ascent } from './types.js'
import { adversarial } from './weight-perturbation.js'

/** Noise that asks for a gradient. */
export const ascentRows: readonly Ascent[] = [
  sharpnessAware,
  adaptiveSharpnessAware,
  adversarial,
  fastGradientSign,
  projectedGradient,
  projectedGradientL2,
]
