import { normalizeAxis } from '../base/index.js'
import { type Attributes, type Builder, intOf, type Node, type ValueType } from '../onnx/index.js'
import { type Maths, maths } from './maths.js'

/** Names of gradients, one an output or input; undefined where there is none. */
export type Gradients = readonly (string | undefined)[]

/** What a rule gives: names, nothing, or the reason why an input that has a gradient gets none. */
export type Results = readonly (string | Stop | undefined)[]

/**
 * The gradients of a node's inputs from those of its outputs (`dy`, at least one of them known).
 * A gradient may be broadcast against its input, either way: the driver sums it down or stretches
 * it. A rule emits all of its inputs' gradients; what nobody asked for is pruned afterwards.
 */
export type Rule = (builder: Builder, node: Node, dy: Gradients) => Results | Stop

/** Why no gradient passes a node. */
export interface Stop {
  /**
   * `none`: the derivative is zero or meaningless (integers, shapes, comparisons, rounding), so
   * nothing is lost. `forbidden`: there is a derivative that Temper cannot take; leaving it out
   * would make the gradients of what lies before it wrong.
   */
  readonly kind: 'none' | 'forbidden'
  /** A clause that goes on after "Loop": `repeats a subgraph ...`. */
  readonly reason: string
}

/** What the table holds for an operator. */
export type Row = Rule | Stop

export const isStop = (row: Row | Results | string | undefined): row is Stop =>
  typeof row === 'object' && 'reason' in row

/** A named stop: the derivative is zero or meaningless. */
export const none = (reason: string): Stop => ({ kind: 'none', reason })

/** A named refusal: a derivative exists, Temper does not take it. */
export const forbidden = (reason: string): Stop => ({ kind: 'forbidden', reason })

/** What a formula sees: the arithmetic, the node and the names of x, y and dy. */
export interface Scope extends Maths {
  readonly b: Builder
  readonly node: Node
  /** First input. */
  readonly x: string
  /** First output. */
  readonly y: string
  /** Gradient of the first output. */
  readonly dy: string
}

/** A rule for one output of which the gradient is known, or no gradients at all. */
export function rule(formula: (scope: Scope) => Results | Stop): Rule {
  return (b, node, [dy]) =>
    dy === undefined
      ? []
      : formula({ ...maths(b), b, node, x: node.inputs[0], y: node.outputs[0], dy })
}

/** y = f(x), element by element: dx = dy f'(x). */
export const pointwise = (dx: (scope: Scope) => string): Rule => rule(scope => [dx(scope)])

/** y is linear in its first input and nothing else is differentiable: dx = transpose of f at dy. */
export const linear = pointwise

/** y is linear in its first input and in its second, each while the other is held. */
export const bilinear = (da: (scope: Scope) => string, db: (scope: Scope) => string): Rule =>
  rule(scope => [da(scope), db(scope)])

/** An operator of the domain `temper`, which the room `lowering` expands by shape. */
export function emitPrivate(
  b: Builder,
  op: string,
  inputs: readonly string[],
  attributes: Attributes,
  type: ValueType,
): string {
  return b.emit(op, inputs, attributes, { domain: 'temper', types: [type] })
}

/** The node's `axis` attribute as an index from the front. */
export const axisOf = (b: Builder, node: Node, otherwise: number): number =>
  normalizeAxis(intOf(node, 'axis', otherwise), b.shape(node.inputs[0]).length)

/** An optional input's name, undefined where it is left out. */
export const inputOf = (node: Node, index: number): string | undefined =>
  node.inputs[index] || undefined
