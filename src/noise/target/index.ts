import type { TargetNoise } from '../types.js'
import { binaryFlip } from './binary-flip.js'
import { asymmetricCifar10, asymmetricCifar100, asymmetricMnist, pairFlip } from './class-map.js'
import { flip } from './flip.js'
import { gaussian } from './gaussian.js'
import { inclusiveFlip } from './inclusive-flip.js'
import { priorSmoothing } from './prior-smoothing.js'
import { smoothing } from './smoothing.js'
import { temperature } from './temperature.js'
import { transitionFlip } from './transition-flip.js'

/** Noise on targets. */
export const targetNoises: readonly TargetNoise[] = [
  smoothing,
  priorSmoothing,
  temperature,
  flip,
  inclusiveFlip,
  pairFlip,
  asymmetricMnist,
  asymmetricCifar10,
  asymmetricCifar100,
  binaryFlip,
  transitionFlip,
  gaussian,
]
