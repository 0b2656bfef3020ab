import type { Node, OperatorName } from '../onnx/index.js'
import { activationRules } from './activation.js'
import { attentionRules } from './attention.js'
import { convolutionRules } from './convolution.js'
import { dropoutRules } from './dropout.js'
import { elementwiseRules } from './elementwise.js'
import { gatherRules } from './gather.js'
import { linearRules } from './linear.js'
import { microsoftRules } from './microsoft.js'
import { movementRules } from './movement.js'
import { stops } from './no-gradient.js'
import { normalizeRules } from './normalize.js'
import { recurrentRules } from './recurrent.js'
import { reductionRules } from './reduction.js'
import { resizeRules } from './resize.js'
import type { Row } from './rule.js'
import { softmaxRules } from './softmax.js'
import { sortRules } from './sort.js'
import { spatialRules } from './spatial.js'
import { straightThroughRules } from './straight-through.js'
import { windowRules } from './window.js'

/**
 * Every operator and its rule, named stop or named refusal; operators outside the default domain
 * carry theirs in front: `com.microsoft.Gelu`.
 */
const table = {
  ...stops,
  ...activationRules,
  ...attentionRules,
  ...convolutionRules,
  ...dropoutRules,
  ...elementwiseRules,
  ...gatherRules,
  ...linearRules,
  ...microsoftRules,
  ...movementRules,
  ...normalizeRules,
  ...recurrentRules,
  ...reductionRules,
  ...resizeRules,
  ...softmaxRules,
  ...sortRules,
  ...spatialRules,
  ...straightThroughRules,
  ...windowRules,
} satisfies Record<OperatorName, Row> & Record<string, Row>

/** By name; see above. */
export const rules: Readonly<Record<string, Row>> = table

/** The row of a node's operator; undefined when the table does not know it. */
export function rowOf({ op, domain }: Pick<Node, 'op' | 'domain'>): Row | undefined {
  const name = domain === '' ? op : `${domain}.${op}`
  return Object.hasOwn(rules, name) ? rules[name] : undefined
}
