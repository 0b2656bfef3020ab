import { isFloat, sameShape } from '../base/index.js'
import { type Builder, type Node, namesRead, UndeterminedError } from '../onnx/index.js'
import { maths } from './maths.js'
import { forbidden, type Gradients, isStop, type Results, type Stop } from './rule.js'
import { rowOf } from './table.js'

/** A node that a gradient reached and did not pass. */
export interface StoppedAt extends Stop {
  /** The node's name, or that of its first output where it has none. */
  readonly node: string
  readonly op: string
  /** The one input that got nothing, where the others did. */
  readonly input?: string
}

/** What the reverse walk found. */
export interface Backward {
  /** Names of gradients by name of the value asked for; values that got none are missing. */
  readonly gradients: ReadonlyMap<string, string>
  /** Where gradients ended, from the outputs back; a `forbidden` one leaves gradients incomplete. */
  readonly stops: readonly StoppedAt[]
}

/**
 * Walks the graph once in reverse and emits the gradients of `wrt`, given those of some values
 * (`seeds`: value to the name of its gradient). Only nodes between `wrt` and the seeds are visited.
 */
export function backward(
  b: Builder,
  seeds: ReadonlyMap<string, string>,
  wrt: readonly string[],
): Backward {
  const nodes = [...b.graph.nodes]
  const active = dependents(b, nodes, wrt)
  const received = new Map<string, string[]>()
  for (const [value, gradient] of seeds) receive(b, received, value, gradient)
  const stops: StoppedAt[] = []
  for (const node of nodes.reverse()) {
    if (!namesRead(node).some(name => active.has(name))) continue
    const dy = node.outputs.map(name => total(b, received, name))
    if (dy.every(gradient => gradient === undefined)) continue
    const dx = gradientsOf(b, node, dy)
    if (isStop(dx)) stops.push({ ...dx, ...labelOf(node) })
    else
      for (const [i, gradient] of dx.entries())
        if (!gradient || !active.has(node.inputs[i])) continue
        else if (isStop(gradient))
          stops.push({ ...gradient, ...labelOf(node), input: node.inputs[i] })
        else receive(b, received, node.inputs[i], gradient)
  }
  const found = wrt.map(name => [name, total(b, received, name)] as const)
  return { gradients: new Map(found.filter(isFound)), stops }
}

const isFound = (entry: readonly [string, string | undefined]): entry is [string, string] =>
  entry[1] !== undefined

/** How a node is called in messages. */
export const labelOf = (node: Node) => ({ node: node.name || node.outputs[0], op: node.op })

/** The floating-point values that depend on `wrt`, `wrt` among them. */
export function dependents(
  b: Builder,
  nodes: readonly Node[],
  wrt: readonly string[],
): Set<string> {
  const active = new Set(wrt)
  for (const node of nodes)
    if (namesRead(node).some(name => active.has(name)))
      for (const output of node.outputs) if (isDifferentiable(b, output)) active.add(output)
  return active
}

/** Outputs of control flow may be of unknown type: a gradient may reach them, and then stops. */
function isDifferentiable(b: Builder, name: string): boolean {
  const type = b.knownType(name)
  return name !== '' && (!type || isFloat(type.dtype))
}

function gradientsOf(b: Builder, node: Node, dy: Gradients): Results | Stop {
  const row = rowOf(node) ?? forbidden('has no gradient rule')
  if (isStop(row)) return row
  try {
    return row(b, node, dy)
  } catch (error) {
    if (error instanceof UndeterminedError) return forbidden('has a shape that only a run can tell')
    throw error
  }
}

/** Takes one more gradient for a value: summed down if broadcast, kept until all have come. */
function receive(
  b: Builder,
  received: Map<string, string[]>,
  value: string,
  gradient: string,
): void {
  const known = received.get(value)
  const fitted = matchShape(b, gradient, b.shape(value))
  if (known) known.push(fitted)
  else received.set(value, [fitted])
}

/** The sum of all gradients a value received: one for each of its uses. */
function total(b: Builder, received: Map<string, string[]>, value: string): string | undefined {
  const parts = received.get(value)
  if (!parts) return undefined
  const sum = parts.length === 1 ? parts[0] : b.emit(parts.length === 2 ? 'Add' : 'Sum', parts)
  received.set(value, [sum])
  return sum
}

/**
 * The transpose of broadcasting: sums over the axes that were stretched or put in front. A gradient
 * that is the same along an axis may come with size 1 there, and is stretched.
 */
export function matchShape(b: Builder, gradient: string, shape: readonly number[]): string {
  const from = b.shape(gradient)
  if (sameShape(from, shape)) return gradient
  const { sum, reshape, expand } = maths(b)
  const extra = from.length - shape.length
  const stretched = from.flatMap((size, axis) =>
    size !== 1 && (shape[axis - extra] ?? 1) === 1 ? [axis] : [],
  )
  const summed = sum(gradient, stretched)
  return expand(reshape(summed, b.shape(summed).slice(Math.max(0, extra))), shape)
}
