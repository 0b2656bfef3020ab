import { recordTypes } from '../fold/facts.js'
import { walkGraph } from '../fold/walk.js'
import { weightsOf } from '../fold/weights.js'
import type { Graph } from '../graph.js'

/**
 * Infers the type of every value of a graph whose inputs have known shapes, and records them in
 * place. Shape computations are worked out on the way. Returns why, by value name, a type is not
 * known before a run (control flow, data-dependent shapes, operators Temper does not know).
 * Throws ModelError where a node does not fit its inputs.
 */
export function inferGraph(graph: Graph): Map<string, string> {
  const { facts } = walkGraph(graph, { parameters: weightsOf(graph) })
  recordTypes(graph, facts)
  return facts.reasons
}
