import { isFloat, type Tensor } from '../../base/index.js'
import type { ValueType } from '../builder.js'
import { order, pruneUnused } from '../edits.js'
import type { Graph, Node } from '../graph.js'
import { UndeterminedError } from '../infer/site.js'
import { inferNode } from '../infer.js'
import { constantOf } from './creation.js'
import { evaluateNode, readsTypeAlone } from './evaluate.js'
import { Facts, recordTypes } from './facts.js'
import { copyGraph, inlinedBranch, renameReads } from './rename.js'
import { walkBodies } from './subgraph.js'
import { differentiableReads } from './weights.js'

/** Rewrites a node before it is looked at, knowing what comes in: the nodes that take its place. */
export type Repair = (node: Node, facts: Facts, graph: Graph) => readonly Node[]

export interface WalkOptions {
  /** Tensors that must stay tensors of their own: nothing computed from them is folded. */
  readonly parameters: ReadonlySet<string>
  readonly repair?: Repair
  /** Whether shapes stated in the file stand in where inference cannot tell; default true. */
  readonly trustStated?: boolean
}

type Types = readonly (ValueType | undefined)[]

const areKnown = (types: Types): types is readonly ValueType[] => types.every(Boolean)

/** Values of at most this many elements are worked out as arguments even behind parameters. */
const SMALL = 2 ** 16

/** A graph once walked: a simpler copy, and all that is known of its values. */
export interface Walked {
  graph: Graph
  facts: Facts
}

/** One pass in execution order: infer, evaluate, inline, drop identities; then prune. */
export function walkGraph(source: Graph, options: WalkOptions, around?: Facts): Walked {
  const graph = copyGraph(source)
  const facts = new Facts(around)
  facts.open(graph)
  const walk = new Walk(graph, facts, options)
  walk.run(order(source))
  graph.nodes = walk.kept
  pruneUnused(graph)
  recordTypes(graph, facts)
  return { graph, facts }
}

class Walk {
  readonly kept: Node[] = []
  private readonly aliases = new Map<string, string>()
  private readonly tainted: Set<string>
  private readonly outputs: Set<string>

  constructor(
    private readonly graph: Graph,
    private readonly facts: Facts,
    private readonly options: WalkOptions,
  ) {
    this.tainted = new Set(options.parameters)
    this.outputs = new Set(graph.outputs.map(({ name }) => name))
    // Inside a subgraph nobody names parameters: its own float tensors are left as they are.
    if (facts.around)
      for (const [name, { dtype }] of graph.initializers) if (isFloat(dtype)) this.tainted.add(name)
  }

  run(nodes: readonly Node[]): void {
    for (const given of nodes) {
      const node = renameReads(given, this.aliases)
      if (this.asConstant(node) || this.asAlias(node) || this.asBranch(node)) continue
      const repaired = this.options.repair?.(node, this.facts, this.graph) ?? [node]
      for (const part of repaired) this.visit(part)
    }
  }

  /** A `Constant` node becomes an initializer of the same name. */
  private asConstant(node: Node): boolean {
    const value = node.op === 'Constant' && node.domain === '' ? constantOf(node) : undefined
    if (!value) return false
    this.setInitializer(node.outputs[0], value)
    if (this.facts.around && isFloat(value.dtype)) this.tainted.add(node.outputs[0])
    return true
  }

  /** Readers of an Identity read its input instead; one that gives a graph output its name stays. */
  private asAlias(node: Node): boolean {
    if (node.op !== 'Identity' || node.domain !== '' || this.outputs.has(node.outputs[0]))
      return false
    const [input] = node.inputs
    this.aliases.set(node.outputs[0], input)
    const type = this.facts.knownType(input)
    if (type) this.facts.types.set(node.outputs[0], type)
    return true
  }

  /** An `If` whose condition is constant is replaced by the branch it takes. */
  private asBranch(node: Node): boolean {
    if (node.op !== 'If' || node.domain !== '') return false
    const condition = this.facts.tensor(node.inputs[0])
    if (!condition) return false
    const branch = inlinedBranch(node, condition.data[0] ? 'then_branch' : 'else_branch')
    if (!branch) return false
    for (const [name, value] of branch.initializers) this.setInitializer(name, value)
    this.run(branch.nodes)
    return true
  }

  private visit(node: Node): void {
    const isTainted =
      !readsTypeAlone.has(node.op) && node.inputs.some(name => this.tainted.has(name))
    if (isTainted) for (const name of node.outputs) this.tainted.add(name)
    const { types, walked } = this.typesOf(node)
    for (const [k, name] of node.outputs.entries())
      if (name && types[k]) this.facts.types.set(name, types[k])
    const largest = isTainted ? SMALL : undefined
    const values = areKnown(types) ? evaluateNode(node, this.facts, types, largest) : undefined
    if (values && !isTainted && !node.outputs.some(name => this.outputs.has(name))) {
      for (const [k, name] of node.outputs.entries()) if (name) this.setInitializer(name, values[k])
      return
    }
    if (values) this.remember(node, values)
    this.kept.push(this.withArguments(walked))
  }

  /** Values behind parameters, small ones, serve as arguments (axes, scales), without leaving the graph. */
  private remember(node: Node, values: readonly Tensor[]): void {
    for (const [k, name] of node.outputs.entries())
      if (name) this.facts.constants.set(name, values[k])
  }

  /** Inputs no gradient passes to are given as initializers where their values are known. */
  private withArguments(node: Node): Node {
    const passing = new Set(differentiableReads(node))
    const names = new Map<string, string>()
    for (const name of node.inputs) {
      const value = name && !passing.has(name) ? this.facts.constants.get(name) : undefined
      if (!value || this.graph.initializers.has(name)) continue
      names.set(name, `${name}/value`)
      this.setInitializer(`${name}/value`, value)
    }
    return { ...node, inputs: node.inputs.map(name => names.get(name) ?? name) }
  }

  /** Output types as far as they are known, and the node with its subgraphs walked too. */
  private typesOf(node: Node): { types: Types; walked: Node } {
    const bodies = walkBodies(node, this.facts, inner => walkGraph(inner, this.options, this.facts))
    if (bodies) {
      const known = node.outputs.every((_, k) => bodies.types[k])
      if (known) return { walked: bodies.node, types: bodies.types }
      const reason = `${node.op} node "${node.name || node.outputs[0]}": which of its subgraphs run, and how often, is known only in a run.`
      return { walked: bodies.node, types: this.stated(node, reason, bodies.types) }
    }
    try {
      return { walked: node, types: inferNode(node, this.facts) }
    } catch (error) {
      if (!(error instanceof UndeterminedError)) throw error
      return { walked: node, types: this.stated(node, error.message) }
    }
  }

  /** The types the file itself states for what inference could not tell; the rest gets the reason. */
  private stated(node: Node, reason: string, found: Types = []): Types {
    return node.outputs.map((name, k) => {
      const type = found[k] ?? this.statedType(name)
      if (!type && name) this.facts.reasons.set(name, reason)
      return type
    })
  }

  private statedType(name: string): ValueType | undefined {
    if (this.options.trustStated === false) return undefined
    const value = this.graph.values.get(name) ?? this.graph.outputs.find(o => o.name === name)
    if (!value?.dtype || !value.shape?.every(size => typeof size === 'number')) return undefined
    return { dtype: value.dtype, shape: value.shape as number[] }
  }

  private setInitializer(name: string, value: Tensor): void {
    this.graph.initializers.set(name, value)
    this.facts.setConstant(name, value)
  }
}
