import type { Graph } from '../onnx/index.js'

/** The runtime's own domains that a lowered graph uses, each at version 1: a model has to import them. */
export function runtimeDomains(graph: Graph): Map<string, number> {
  const own = graph.nodes.map(node => node.domain).filter(domain => domain !== '')
  return new Map([...new Set(own)].map(domain => [domain, 1]))
}
