import type { WeightNoise } from '../types.js'
import { bitFlip } from './bit-flip.js'
import { clipping, fixedClipping } from './clipping.js'
import { dorefa } from './dorefa.js'
import { dropconnect } from './dropconnect.js'
import { randomValue, signFlip, stuckAt, zeroed } from './faults.js'
import { gaussian } from './gaussian.js'
import { multiplicative } from './multiplicative.js'
import { phaseChange } from './phase-change.js'
import { polynomial } from './polynomial.js'
import { quantization } from './quantization.js'
import { randomDirection } from './random-direction.js'
import { uniform } from './uniform.js'

/** Noise on weight tensors. */
export const weightNoises: readonly WeightNoise[] = [
  gaussian,
  multiplicative,
  uniform,
  polynomial,
  phaseChange,
  randomDirection,
  dropconnect,
  quantization,
  dorefa,
  bitFlip,
  stuckAt,
  zeroed,
  randomValue,
  signFlip,
  clipping,
  fixedClipping,
]
