import { ModelError } from '../base/index.js'
import type { Graph, Node } from './graph.js'

/** The subgraphs a node carries (branches of If, bodies of Loop and Scan). */
export function subgraphsOf(node: Node): Graph[] {
  return Object.values(node.attributes).flatMap(a => (a.type === 'graph' ? [a.value] : []))
}

/** Every name a node reads: its inputs, and what its subgraphs take from around them. */
export function namesRead(node: Node): string[] {
  return [...node.inputs.filter(name => name), ...subgraphsOf(node).flatMap(freeNames)]
}

/** Names a graph uses but does not define: they come from the graph around it. */
export function freeNames(graph: Graph): string[] {
  const own = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(node => node.outputs),
  ])
  const read = [...graph.nodes.flatMap(namesRead), ...graph.outputs.map(({ name }) => name)]
  return [...new Set(read)].filter(name => !own.has(name))
}

/** The nodes that read each value, subgraphs counted as their node; a node counts once for each use. */
export function uses(graph: Graph): Map<string, Node[]> {
  const readers = new Map<string, Node[]>()
  for (const node of graph.nodes)
    for (const name of namesRead(node)) readers.set(name, [...(readers.get(name) ?? []), node])
  return readers
}

/** The node that makes each value. */
export function producers(graph: Graph): Map<string, Node> {
  const makers = new Map<string, Node>()
  for (const node of graph.nodes)
    for (const output of node.outputs) if (output) makers.set(output, node)
  return makers
}

/** The nodes in an order in which each follows what it reads. Throws ModelError on a cycle. */
export function order(graph: Graph): Node[] {
  const makers = producers(graph)
  const waitsFor = new Map(graph.nodes.map(node => [node, sourcesOf(node, makers)]))
  if (isOrdered(graph.nodes, waitsFor)) return [...graph.nodes]
  const readers = new Map<Node, Node[]>(graph.nodes.map(node => [node, []]))
  for (const [node, sources] of waitsFor) for (const s of sources) readers.get(s)!.push(node)
  const ready = graph.nodes.filter(node => !waitsFor.get(node)!.size)
  // The list grows while it is walked: a node joins when the last of its sources has come.
  for (const node of ready)
    for (const reader of readers.get(node)!) {
      const sources = waitsFor.get(reader)!
      sources.delete(node)
      if (!sources.size) ready.push(reader)
    }
  if (ready.length < graph.nodes.length) throw cycle(graph.nodes, new Set(ready))
  return ready
}

function sourcesOf(node: Node, makers: Map<string, Node>): Set<Node> {
  return new Set(namesRead(node).flatMap(name => makers.get(name) ?? []))
}

function isOrdered(nodes: readonly Node[], waitsFor: Map<Node, Set<Node>>): boolean {
  const seen = new Set<Node>()
  return nodes.every(node => {
    const known = [...waitsFor.get(node)!].every(source => seen.has(source))
    seen.add(node)
    return known
  })
}

function cycle(nodes: readonly Node[], ordered: Set<Node>): ModelError {
  const stuck = nodes.filter(node => !ordered.has(node))
  return new ModelError(
    `The graph goes in a circle: ${stuck.length} nodes wait for each other, "${stuck[0].outputs[0]}" (${stuck[0].op}) among them.`,
  )
}

/** Drops nodes whose results nobody reads, then initializers and types without a reader; in place. */
export function pruneUnused(graph: Graph): void {
  const read = new Set(graph.outputs.map(({ name }) => name))
  const kept = order(graph)
    .reverse()
    .filter(node => {
      if (!node.outputs.some(name => read.has(name))) return false
      for (const name of namesRead(node)) read.add(name)
      return true
    })
  graph.nodes = kept.reverse()
  for (const name of graph.initializers.keys()) if (!read.has(name)) graph.initializers.delete(name)
  const defined = new Set([...read, ...graph.nodes.flatMap(node => node.outputs)])
  for (const name of graph.values.keys()) if (!defined.has(name)) graph.values.delete(name)
}
