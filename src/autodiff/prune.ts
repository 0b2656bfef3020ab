import type { Graph } from '../onnx/index.js'
import { readsOf } from './reads.js'

/** Drops the nodes, initializers and values that no output needs; inputs stay. */
export function pruneToOutputs(graph: Graph): void {
  const needed = new Set(graph.outputs.map(({ name }) => name))
  const kept = [...graph.nodes].reverse().filter(node => {
    const isNeeded = node.outputs.some(name => needed.has(name))
    if (isNeeded) for (const name of readsOf(node)) needed.add(name)
    return isNeeded
  })
  graph.nodes = kept.reverse()
  for (const name of graph.initializers.keys())
    if (!needed.has(name)) graph.initializers.delete(name)
  for (const name of graph.values.keys()) if (!needed.has(name)) graph.values.delete(name)
}
