import type { InputNoise } from '../../types.js'
import { beta } from './beta.js'
import { embedding } from './embedding.js'
import { gaussian } from './gaussian.js'
import { impulse } from './impulse.js'
import { laplace } from './laplace.js'
import { masking } from './masking.js'
import { poisson } from './poisson.js'
import { quantization } from './quantization.js'
import { saltAndPepper } from './salt-and-pepper.js'
import { speckle } from './speckle.js'
import { uniform } from './uniform.js'

/** Noise on any array. */
export const anyNoises: readonly InputNoise[] = [
  gaussian,
  uniform,
  laplace,
  beta,
  speckle,
  poisson,
  saltAndPepper,
  impulse,
  quantization,
  masking,
  embedding,
]
