import { sizeOf, type Tensor } from '../../base/index.js'
import type { ValueType } from '../builder.js'
import type { Node } from '../graph.js'
import type { Known } from '../infer/site.js'
import { arithmeticFolds } from './arithmetic.js'
import { creationFolds } from './creation.js'
import { movementFolds } from './movement.js'
import { reductionFolds } from './reduction.js'
import { ConstantCall, type FoldRules } from './rule.js'

const rules: FoldRules = {
  ...arithmeticFolds,
  ...creationFolds,
  ...movementFolds,
  ...reductionFolds,
}

/** Results of more elements than this, and than their inputs hold, are left to the runtime. */
const LARGEST = 2 ** 20

/** Operators whose result depends on the type of their input alone. */
export const readsTypeAlone: ReadonlySet<string> = new Set(['Shape', 'Size', 'EyeLike'])

/**
 * The outputs of a node whose inputs are constants, exact; undefined where it has others, has no
 * rule, or where the result would be very large (above `largest` elements) or not exact.
 */
export function evaluateNode(
  node: Node,
  known: Known,
  outputs: readonly ValueType[],
  largest = Infinity,
): readonly Tensor[] | undefined {
  const rule = node.domain === '' && Object.hasOwn(rules, node.op) ? rules[node.op] : undefined
  if (!rule) return undefined
  const given = node.inputs.reduce((n, name) => n + (known.tensor(name)?.data.length ?? 0), 0)
  const most = Math.min(largest, Math.max(LARGEST, given))
  if (outputs.some(({ shape }) => sizeOf(shape) > most)) return undefined
  const constant = node.inputs.every(name => !name || known.tensor(name))
  if (!constant && !readsTypeAlone.has(node.op)) return undefined
  const results = rule(new ConstantCall(node, known, outputs))
  const complete = node.outputs.every((name, k) => !name || results[k])
  return complete ? (results as Tensor[]) : undefined
}
