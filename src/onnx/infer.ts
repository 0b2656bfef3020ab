import { didYouMean, expected, ModelError } from '../base/index.js'
import type { ValueType } from './builder.js'
import type { Node } from './graph.js'
import { attentionRules } from './infer/attention.js'
import { creationRules } from './infer/creation.js'
import { elementwiseRules } from './infer/elementwise.js'
import { linearRules } from './infer/linear.js'
import { microsoftRules } from './infer/microsoft.js'
import { movementRules } from './infer/movement.js'
import { normalizeRules } from './infer/normalize.js'
import { recurrentRules } from './infer/recurrent.js'
import { reductionRules } from './infer/reduction.js'
import { resizeRules } from './infer/resize.js'
import {
  type InferRule,
  type InferRules,
  type Known,
  Site,
  show,
  UndeterminedError,
} from './infer/site.js'
import { windowRules } from './infer/window.js'
import { operatorOf } from './ops.js'

const defaultDomain: InferRules = {
  ...attentionRules,
  ...creationRules,
  ...elementwiseRules,
  ...linearRules,
  ...movementRules,
  ...normalizeRules,
  ...recurrentRules,
  ...reductionRules,
  ...resizeRules,
  ...windowRules,
}

const domains: Readonly<Record<string, InferRules>> = {
  '': defaultDomain,
  'ai.onnx': defaultDomain,
  'com.microsoft': microsoftRules,
}

/**
 * The types of a node's outputs, from the types of its inputs and the values of constant ones
 * (shapes, axes, pads). Throws ModelError, naming the node, where the inputs do not fit the operator,
 * and UndeterminedError (a ModelError) where only a run can tell the shape.
 */
export function inferNode(node: Node, known: Known): ValueType[] {
  const rule = ruleOf(node)
  checkArity(node)
  const site = new Site(node, known)
  const types = rule(site)
  if (types.length < node.outputs.length)
    site.fail(`at most ${types.length} outputs`, node.outputs.length)
  for (const { shape } of types)
    if (!shape.every(size => Number.isSafeInteger(size) && size >= 0))
      site.fail('arguments that give an output of whole sizes', `sizes ${show(shape)}`)
  return types
}

/**
 * Not more inputs than the table allows; trailing left-out ones do not count. A missing one is the
 * rule's to report, since older opsets keep some inputs as attributes.
 */
function checkArity(node: Node): void {
  const most = (node.domain === '' ? operatorOf(node.op) : undefined)?.inputs[1] ?? Infinity
  const given = node.inputs.findLastIndex(name => name !== '') + 1
  if (given <= most) return
  const where = `${node.op} node "${node.name || node.outputs[0]}"`
  throw new ModelError(expected(where, `at most ${most} inputs`, given))
}

function ruleOf(node: Node): InferRule {
  const rules = domains[node.domain]
  const rule = rules && Object.hasOwn(rules, node.op) ? rules[node.op] : undefined
  if (rule) return rule
  const name = node.domain ? `${node.domain}::${node.op}` : node.op
  throw new UndeterminedError(
    `node "${node.name || node.outputs[0]}": the shapes of the operator ${name} cannot be inferred: Temper does not know it.${didYouMean(node.op, Object.keys(rules ?? {}))}`,
    { op: name },
  )
}
