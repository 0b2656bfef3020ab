import { InternalError } from '../base/index.js'
import type { Builder, ValueType } from './builder.js'
import type { Node } from './graph.js'

/** The types of a node's outputs from those of its inputs; throws for an operator it does not know. */
export function inferNode(node: Node, _builder: Builder): ValueType[] {
  throw new InternalError(`no shape inference for ${node.op}`)
}
