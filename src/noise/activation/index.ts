import { bitFlip, converter, quantization } from './converters.js'
import { dropBlock } from './drop-block.js'
import { alphaDropout, dropout, spatialDropout, stochasticDepth } from './dropout.js'
import { embedding } from './embedding.js'
import { randomValue, signFlip, stuckAt, zeroed } from './faults.js'
import { gaussian, gaussianDropout, uniform } from './gaussian.js'
import type { ActivationNoise } from './types.js'

/** Noise on activations. */
export const activationRows: readonly ActivationNoise[] = [
  gaussian,
  uniform,
  gaussianDropout,
  dropout,
  spatialDropout,
  alphaDropout,
  dropBlock,
  stochasticDepth,
  embedding,
  converter,
  quantization,
  zeroed,
  randomValue,
  signFlip,
  stuckAt,
  bitFlip,
]
