import type { Tensor } from '../../base/index.js'
import type { ValueType } from '../builder.js'
import type { Node } from '../graph.js'
import { type Known, Site } from '../infer/site.js'

/** Computes a node's outputs from constants; undefined where the result would not be exact. */
export type FoldRule = (call: ConstantCall) => readonly (Tensor | undefined)[]

export type FoldRules = Readonly<Record<string, FoldRule>>

/** A node all of whose inputs are constants, and the types its outputs have. */
export class ConstantCall extends Site {
  constructor(
    node: Node,
    known: Known,
    readonly outputs: readonly ValueType[],
  ) {
    super(node, known)
  }

  /** A constant input. */
  input(index: number): Tensor {
    return this.constant(index, `input ${index}`) ?? this.fail(`an input ${index}`, 'none')
  }
}
