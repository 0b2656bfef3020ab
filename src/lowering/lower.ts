import { InternalError } from '../base/index.js'
import { Builder, type Graph, type Node, namesRead, pruneUnused } from '../onnx/index.js'
import { epilogueOf, fuseEpilogues, withoutEpilogue } from './epilogue.js'
import { chosen, type LoweringOptions, type Result, type Row, type Site } from './formulation.js'
import { Layouts } from './layouts.js'
import { floorMaxPools, maskBeforeUnpooling } from './rewrites.js'
import { rowOf } from './table.js'

/**
 * The same graph with every operator of the domain `temper` expanded into standard operators (and
 * `com.microsoft.FusedMatMul` unless `fused` is false), each by the formulation that its shapes
 * choose. With `column: 'blocked'` convolutions and what stands between them run in the runtime's
 * blocked layout. All shapes must be known. The graph given is left as it is.
 */
export function lower(graph: Graph, options: LoweringOptions = {}): Graph {
  const { column = 'portable', fused = true, block = 0 } = options
  if (column === 'blocked' && ![8, 16].includes(block))
    throw new InternalError(`blocks of ${block} channels; the probe finds 8 or 16`)
  const copy = copyOf(graph)
  maskBeforeUnpooling(copy)
  floorMaxPools(copy)
  if (column === 'blocked') fuseEpilogues(copy)
  new Lowering(copy, { column, fused, block }).run()
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
  private readonly b: Builder
  private readonly nodes: readonly Node[]
  private readonly layouts: Layouts
  private readonly producers = new Map<string, Node>()
  private readonly made = new Map<string, string>()
  /** Names the graph had: they stay. */
  private readonly own: ReadonlySet<string>
  /** What a formulation's result is called in the graph. */
  private readonly renamed = new Map<string, string>()

  constructor(
    graph: Graph,
    private readonly options: Required<LoweringOptions>,
  ) {
    this.own = new Set(graph.nodes.flatMap(node => node.outputs))
    this.b = new Builder(graph)
    this.nodes = graph.nodes.splice(0)
    this.layouts = new Layouts(this.b)
  }

  run(): void {
    for (const node of this.nodes) this.visit(node)
    for (const { name } of this.b.graph.outputs) this.layouts.plain(name)
    this.finish()
  }

  private visit(node: Node): void {
    const row = rowOf(node)
    if (!row || !this.expand(node, row)) this.keep(node)
  }

  private keep(node: Node): void {
    for (const name of namesRead(node)) this.layouts.plain(name)
    this.push({ ...node, inputs: [...node.inputs], outputs: [...node.outputs] })
  }

  private push(node: Node): void {
    this.b.graph.nodes.push(node)
    for (const output of node.outputs) if (output) this.producers.set(output, node)
  }

  /** A formulation's nodes stay as they are, but for private operators, expanded in turn. */
  private expand(node: Node, row: Row): boolean {
    const site = this.siteOf(node)
    const choice = node.domain === 'temper' ? chosen(row, site) : row.choose(site)
    if (!choice) return false
    const { nodes } = this.b.graph
    const start = nodes.length
    const results = choice.column === 'portable' ? this.portable(node, row) : choice.emit()
    const emitted = nodes.splice(start)
    const fresh = new Set(emitted.flatMap(({ outputs }) => outputs))
    for (const inner of emitted)
      if (inner.domain === 'temper') this.visit(inner)
      else this.keep(inner)
    for (const [i, name] of node.outputs.entries()) if (name) this.call(results[i], name, fresh)
    return true
  }

  /** A portable formulation: its inputs plain, and what follows the result as nodes of their own. */
  private portable(node: Node, row: Row): readonly Result[] {
    for (const name of namesRead(node)) this.layouts.plain(name)
    const bare = withoutEpilogue(node)
    if (!bare) return chosen(row, this.siteOf(node)).emit()
    const [result, ...rest] = chosen(row, this.siteOf(bare)).emit()
    const { plus, relu } = epilogueOf(node)
    const sum = plus ? this.b.emit('Add', [result as string, plus]) : (result as string)
    return [relu ? this.b.emit('Relu', [sum]) : sum, ...rest]
  }

  private siteOf(node: Node): Site {
    const { b, options, producers, layouts, made } = this
    return {
      ...{ b, node, options },
      producer: value => producers.get(value),
      plain: value => layouts.plain(value),
      blocked: value => layouts.blocked(value),
      isBlocked: value => layouts.isBlocked(value),
      once(key, make) {
        const known = made.get(key) ?? make()
        made.set(key, known)
        return known
      },
    }
  }

  /** Gives a result the name the rest of the graph knows. */
  private call(result: Result, name: string, fresh: ReadonlySet<string>): void {
    if (typeof result !== 'string') {
      this.layouts.give(name, result.blocked)
      return
    }
    const isFree = fresh.has(result) && !this.renamed.has(result) && !this.own.has(result)
    if (isFree) this.renamed.set(result, name)
    else this.push({ ...identity, name, inputs: [result], outputs: [name], attributes: {} })
  }

  private finish(): void {
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
