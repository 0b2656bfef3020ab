import type { Cases } from '../case.js'
import { activationCases } from './activation.js'
import { attentionCases } from './attention.js'
import { convolutionCases } from './convolution.js'
import { dropoutCases } from './dropout.js'
import { elementwiseCases } from './elementwise.js'
import { gatherCases } from './gather.js'
import { linearCases } from './linear.js'
import { microsoftCases } from './microsoft.js'
import { movementCases } from './movement.js'
import { normalizeCases } from './normalize.js'
import { recurrentCases } from './recurrent.js'
import { reductionCases } from './reduction.js'
import { resizeCases } from './resize.js'
import { softmaxCases } from './softmax.js'
import { sortCases } from './sort.js'
import { spatialCases } from './spatial.js'
import { windowCases } from './window.js'

/** Case makers of every rule; one line a family. */
export const cases: Cases = {
  ...activationCases,
  ...attentionCases,
  ...convolutionCases,
  ...dropoutCases,
  ...elementwiseCases,
  ...gatherCases,
  ...linearCases,
  ...microsoftCases,
  ...movementCases,
  ...normalizeCases,
  ...recurrentCases,
  ...reductionCases,
  ...resizeCases,
  ...softmaxCases,
  ...sortCases,
  ...spatialCases,
  ...windowCases,
}
