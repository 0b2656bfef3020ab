import type { Tensor } from '../../src/base/index.js'
import type { Attributes } from '../../src/onnx/index.js'
import type { Draw } from './draw.js'

/** One node to differentiate: its inputs' values, attributes and number of outputs. */
export interface Case {
  /** By position; undefined stands for an optional input that is left out. */
  readonly inputs: readonly (Tensor | undefined)[]
  readonly attributes?: Attributes
  /** How many outputs the node has; 1 by default. Every floating-point one gets a random gradient. */
  readonly outputs?: number
  /** Which outputs get a gradient; all floating-point ones by default. */
  readonly seeds?: readonly number[]
  /** Inputs to differentiate by; all floating-point ones by default. */
  readonly wrt?: readonly number[]
  /** Inputs that stand in the graph as constants, as rules and inference need them (axes, shapes);
   * all that are not floating-point by default. */
  readonly constants?: readonly number[]
}

/** Makes the `index`-th case of an operator, so that some cases can be fixed and others drawn. */
export type CaseMaker = (draw: Draw, index: number) => Case

/** Case makers by operator as the rule table names it; a family file exports one such record. */
export type Cases = Readonly<Record<string, CaseMaker>>
