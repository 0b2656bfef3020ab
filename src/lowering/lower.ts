import { Builder, type Graph, type Node, pruneUnused } from '../onnx/index.js'
import type { LoweringOptions, Row, Site } from './formulation.js'
import { maskBeforeUnpooling } from './rewrites.js'
import { rowOf } from './table.js'

/**
 * The same graph with every operator of the domain `temper` expanded into standard operators (and
 * `com.microsoft.FusedMatMul` unless `fused` is false), each by the formulation that its shapes
 * choose. All shapes must be known. The graph given is left as it is.
 */
export function lower(graph: Graph, options: LoweringOptions = {}): Graph {
  const { column = 'portable', fused = true } = options
  const copy = copyOf(graph)
  maskBeforeUnpooling(copy)
  const nodes = copy.nodes.splice(0)
  const lowering = new Lowering(new Builder(copy), { column, fused })
  for (const node of nodes) lowering.visit(node)
  lowering.finish()
  pruneUnused(copy)
  return copy
}

function copyOf(graph: Graph): Graph {
  return {
    ...graph,
    nodes: [...graph.nodes],
    initializers: new Map(graph.initializers),
    values: new Map(graph.values),
  }
}

class Lowering {
  private readonly producers = new Map<string, Node>()
  /** What a formulation's result is called in the graph. */
  private readonly renamed = new Map<string, string>()

  constructor(
    private readonly b: Builder,
    private readonly options: Required<LoweringOptions>,
  ) {}

  visit(node: Node): void {
    const row = rowOf(node)
    if (row) this.expand(node, row)
    else this.keep({ ...node, inputs: [...node.inputs], outputs: [...node.outputs] })
  }

  private keep(node: Node): void {
    this.b.graph.nodes.push(node)
    for (const output of node.outputs) if (output) this.producers.set(output, node)
  }

  /** Private operators may be made of private operators, which are expanded in turn. */
  private expand(node: Node, row: Row): void {
    const { nodes } = this.b.graph
    const start = nodes.length
    const results = row.choose(this.siteOf(node)).emit()
    const emitted = nodes.splice(start)
    const made = new Set(emitted.flatMap(({ outputs }) => outputs))
    for (const inner of emitted) this.visit(inner)
    for (const [i, name] of node.outputs.entries()) if (name) this.call(results[i], name, made)
  }

  private siteOf(node: Node): Site {
    const { b, options, producers } = this
    return { b, node, options, producer: value => producers.get(value) }
  }

  /** Gives a result the name the rest of the graph knows. */
  private call(result: string, name: string, made: Set<string>): void {
    const isFree = made.has(result) && !this.renamed.has(result)
    if (isFree) this.renamed.set(result, name)
    else this.keep({ ...identity, name, inputs: [result], outputs: [name], attributes: {} })
  }

  finish(): void {
    const { nodes, values } = this.b.graph
    const nameOf = (name: string): string => {
      const known = this.renamed.get(name)
      return known === undefined ? name : nameOf(known)
    }
    for (const node of nodes) {
      node.inputs = node.inputs.map(nameOf)
      node.outputs = node.outputs.map(nameOf)
    }
    for (const name of this.renamed.keys()) values.delete(name)
    nameApart(nodes)
  }
}

/** The runtime refuses two nodes of one name; a later one takes that of its output, which is its own. */
function nameApart(nodes: readonly Node[]): void {
  const taken = new Set<string>()
  for (const node of nodes) {
    if (taken.has(node.name)) node.name = `${node.op} of ${node.outputs.find(name => name)}`
    if (node.name) taken.add(node.name)
  }
}

const identity = { op: 'Identity', domain: '' } as const
