import type { Graph, Node } from '../graph.js'

/** Copies a graph as far as nodes and tables go; tensors are shared. */
export function copyGraph(graph: Graph): Graph {
  return {
    ...graph,
    nodes: [...graph.nodes],
    initializers: new Map(graph.initializers),
    inputs: [...graph.inputs],
    outputs: [...graph.outputs],
    values: new Map(graph.values),
  }
}

/** A node that reads, in its subgraphs too, other names; what the subgraphs define stays. */
export function renameReads(node: Node, names: ReadonlyMap<string, string>): Node {
  if (!names.size) return node
  const attributes = Object.entries(node.attributes).map(([key, attribute]) => [
    key,
    attribute.type === 'graph'
      ? { type: 'graph', value: renameCaptured(attribute.value, names) }
      : attribute,
  ])
  return {
    ...node,
    inputs: node.inputs.map(name => names.get(name) ?? name),
    attributes: Object.fromEntries(attributes),
  }
}

function renameCaptured(graph: Graph, names: ReadonlyMap<string, string>): Graph {
  const own = ownNames(graph)
  const seen = new Map([...names].filter(([name]) => !own.has(name)))
  return {
    ...graph,
    nodes: graph.nodes.map(node => renameReads(node, seen)),
    outputs: graph.outputs.map(output => ({
      ...output,
      name: seen.get(output.name) ?? output.name,
    })),
  }
}

/** The names a graph defines: inputs, initializers, nodes' outputs. */
export function ownNames(graph: Graph): Set<string> {
  return new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(node => node.outputs),
  ])
}

/** Where the values of a subgraph stand: the names of a weight path (see patchInitializers). */
export function pathInto(node: Node, branch: string): string {
  return `${node.outputs[0]}/${branch}/`
}

/**
 * The nodes and initializers of an `If` branch under the names of their paths, so that they are
 * unique and a weight is found again in the file, and the Identity nodes that give the `If` its outputs.
 */
export function inlinedBranch(node: Node, key: 'then_branch' | 'else_branch') {
  const attribute = node.attributes[key]
  if (attribute?.type !== 'graph') return undefined
  const branch = attribute.value
  const prefix = pathInto(node, key)
  const names = new Map([...ownNames(branch)].filter(Boolean).map(name => [name, prefix + name]))
  const renamed = (name: string) => names.get(name) ?? name
  const nodes: Node[] = branch.nodes.map(inner => ({
    ...renameReads(inner, names),
    outputs: inner.outputs.map(renamed),
  }))
  for (const [k, output] of node.outputs.entries())
    if (output) nodes.push(identity(renamed(branch.outputs[k].name), output))
  const initializers = [...branch.initializers].map(
    ([name, value]) => [renamed(name), value] as const,
  )
  return { nodes, initializers }
}

export function identity(from: string, to: string): Node {
  return { name: to, op: 'Identity', domain: '', inputs: [from], outputs: [to], attributes: {} }
}
