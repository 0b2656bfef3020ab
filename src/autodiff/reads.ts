import type { Graph, Node } from '../onnx/index.js'

/** Every value a node reads: its inputs, and what its subgraphs take from the graph around them. */
export function readsOf(node: Node): string[] {
  const captured = Object.values(node.attributes).flatMap(attribute =>
    attribute.type === 'graph' ? capturedBy(attribute.value) : [],
  )
  return [...node.inputs.filter(name => name !== ''), ...captured]
}

function capturedBy(graph: Graph): string[] {
  const own = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(node => node.outputs),
  ])
  const read = [...graph.nodes.flatMap(readsOf), ...graph.outputs.map(({ name }) => name)]
  return read.filter(name => !own.has(name))
}
