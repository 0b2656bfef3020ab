import { walkGraph } from './fold/walk.js'
import { weightsOf } from './fold/weights.js'
import type { Graph } from './graph.js'

export interface FoldOptions {
  /**
   * Tensors to keep as they are, by name (initializers, outputs of `Constant` nodes, paths into the
   * branches of an `If`): nothing that depends on them is folded, so a gradient still reaches them
   * through Transpose, Cast and the like. Default: `weightsOf(graph)`.
   */
  readonly parameters?: ReadonlySet<string>
}

/**
 * A simpler graph that computes the same: `Constant` nodes become initializers of the same name,
 * Identity nodes go, whatever depends on constants alone is computed (shapes of values whose sizes
 * are known included), an `If` with a constant condition is replaced by the branch it takes (its
 * names become paths: `If_0/then_branch/weight`), and nodes nobody reads are pruned. Known types
 * are recorded. Throws ModelError where a node does not fit its inputs.
 */
export function foldConstants(graph: Graph, options: FoldOptions = {}): Graph {
  return walkGraph(graph, { parameters: options.parameters ?? weightsOf(graph) }).graph
}
