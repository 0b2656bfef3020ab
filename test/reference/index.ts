import { bfloat16ToNumber, type DataType, float16ToNumber, isFloat } from '../../src/base/index.js'
import type { Graph, Node } from '../../src/onnx/index.js'
import { Call, type Kernels, type Value, type Values } from './call.js'
import { elementwise } from './elementwise.js'
import { geometryKernels } from './geometry.js'
import { linear } from './linear.js'
import { lossKernels } from './loss.js'
import { microsoft } from './microsoft.js'
import { movement } from './movement.js'
import { normalize } from './normalize.js'
import { recurrentKernels } from './recurrent.js'
import { reduction } from './reduction.js'
import { resizeKernels } from './resize.js'
import { window } from './window.js'

export type { Kernel, Kernels, Value, Values } from './call.js'

const standard: Kernels = {
  ...elementwise,
  ...geometryKernels,
  ...linear,
  ...lossKernels,
  ...movement,
  ...normalize,
  ...recurrentKernels,
  ...reduction,
  ...resizeKernels,
  ...window,
}

/** Every operator the interpreter knows, by domain. */
export const kernels: Readonly<Record<string, Kernels>> = {
  '': standard,
  'com.microsoft': microsoft,
}

/** What may be fed: a tensor of any element type; without one it is a float. */
export interface Feed {
  readonly dtype?: DataType
  readonly shape: readonly number[]
  readonly data: ArrayLike<number | bigint>
}

/** A feed as the interpreter holds it. */
export function toValue({ dtype = 'float64', shape, data }: Feed): Value {
  const read = { float16: float16ToNumber, bfloat16: bfloat16ToNumber }[dtype as string] ?? Number
  return { dtype, shape, data: Float64Array.from(data as ArrayLike<number>, read) }
}

export function knows(node: Node): boolean {
  return Object.hasOwn(kernels[node.domain] ?? {}, node.op)
}

/**
 * Runs a graph in double precision, operator by operator, in plain loops: an oracle, not an engine.
 * Weights in the graph's float32 keep their value; every intermediate is a double. The element
 * types of feeds and initializers are made float64 wherever they are floats, so that values mix.
 * Returns every value of the graph by name. Throws on an operator that has no kernel.
 */
export function interpret(graph: Graph, feeds: ReadonlyMap<string, Feed>): Values {
  const values: Values = new Map()
  for (const [name, tensor] of graph.initializers)
    values.set(name, asDouble(toValue(tensor as Feed)))
  for (const [name, feed] of feeds) values.set(name, asDouble(toValue(feed)))
  return runNodes(graph.nodes, values)
}

function asDouble(value: Value): Value {
  return isFloat(value.dtype) ? { ...value, dtype: 'float64' } : value
}

function runNodes(nodes: readonly Node[], values: Values): Values {
  for (const node of nodes) {
    if (node.op === 'If' && node.domain === '') runBranch(node, values)
    else run(node, values)
  }
  return values
}

function run(node: Node, values: Values): void {
  if (!knows(node))
    throw new Error(`the reference has no kernel for ${node.domain || 'ONNX'} ${node.op}`)
  const call = new Call(node, values)
  const results = kernels[node.domain][node.op](call)
  for (const [k, name] of node.outputs.entries())
    if (name) values.set(name, asDouble({ ...call.outputs[k], data: results[k] }))
}

/** Runs the branch its condition picks, with the values around it in sight. */
function runBranch(node: Node, values: Values): void {
  const branch =
    node.attributes[values.get(node.inputs[0])?.data[0] ? 'then_branch' : 'else_branch']
  if (branch?.type !== 'graph') throw new Error('an If without its branches')
  const inner: Values = new Map(values)
  for (const [name, tensor] of branch.value.initializers)
    inner.set(name, asDouble(toValue(tensor as Feed)))
  runNodes(branch.value.nodes, inner)
  for (const [k, name] of node.outputs.entries())
    values.set(name, inner.get(branch.value.outputs[k].name)!)
}
