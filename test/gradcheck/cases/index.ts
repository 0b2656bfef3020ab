import type { Cases } from '../case.js'
import { convolutionCases } from './convolution.js'
import { elementwise } from './elementwise.js'
import { linearCases } from './linear.js'
import { normalizeCases } from './normalize.js'
import { recurrentCases } from './recurrent.js'
import { resizeCases } from './resize.js'
import { windowCases } from './window.js'

/** Case makers of every rule; one line a family. */
export const cases: Cases = {
  ...convolutionCases,
  ...elementwise,
  ...linearCases,
  ...normalizeCases,
  ...recurrentCases,
  ...resizeCases,
  ...windowCases,
}
