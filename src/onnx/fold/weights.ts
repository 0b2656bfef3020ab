import { isFloat, sizeOf } from '../../base/index.js'
import { subgraphsOf } from '../edits.js'
import type { Graph, Node } from '../graph.js'
import { operatorOf } from '../ops.js'
import { constantOf } from './creation.js'
import { ownNames, pathInto } from './rename.js'

/**
 * The tensors of a graph a gradient could reach: float initializers, and float `Constant` nodes of
 * two elements or more (single ones are factors and epsilons), from which a differentiable path
 * leads to an output. Those inside an `If` are named by their path, as after inlining.
 */
export function weightsOf(graph: Graph): Set<string> {
  const weights = new Set<string>()
  collect(graph, new Set(graph.outputs.map(({ name }) => name)), '', weights)
  return weights
}

/** Walks back from `reached` values, grows it, and adds the weights it meets. */
function collect(graph: Graph, reached: Set<string>, prefix: string, weights: Set<string>): void {
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some(name => reached.has(name))) continue
    if (isWeight(node)) weights.add(prefix + node.outputs[0])
    for (const name of differentiableReads(node)) reached.add(name)
    for (const [key, attribute] of Object.entries(node.attributes))
      if (attribute.type === 'graph')
        enter(attribute.value, reached, prefix + pathInto(node, key), weights)
  }
  for (const [name, value] of graph.initializers)
    if (reached.has(name) && isFloat(value.dtype)) weights.add(prefix + name)
}

/** A subgraph's outputs are reached with its node; what it reaches outside is reached there. */
function enter(graph: Graph, reached: Set<string>, prefix: string, weights: Set<string>): void {
  const inner = new Set(graph.outputs.map(({ name }) => name))
  collect(graph, inner, prefix, weights)
  const own = ownNames(graph)
  for (const name of inner) if (!own.has(name)) reached.add(name)
}

function isWeight(node: Node): boolean {
  const value = node.op === 'Constant' && node.domain === '' ? constantOf(node) : undefined
  return value !== undefined && isFloat(value.dtype) && sizeOf(value.shape) > 1
}

/** Inputs a gradient passes to; all of those of an operator the table does not know. */
export function differentiableReads(node: Node): string[] {
  const operator = node.domain === '' ? operatorOf(node.op) : undefined
  if (!operator || subgraphsOf(node).length) return node.inputs.filter(Boolean)
  const { differentiable, inputs } = operator
  const last = differentiable[differentiable.length - 1] ?? Infinity
  return node.inputs.filter(
    (name, i) => name && (differentiable.includes(i) || (inputs[1] === Infinity && i > last)),
  )
}
