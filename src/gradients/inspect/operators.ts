import { type Graph, type Node, subgraphsOf } from '../../onnx/index.js'
import type { Inspect } from '../../record/index.js'
import { type Fates, stopOf } from './fates.js'

type Row = Inspect['operators'][number]
type Verdict = Pick<Row, 'gradient' | 'reason'>

/** Every operator of the graph and of its subgraphs, the most frequent first. */
export function operatorRows(fates: Fates): Row[] {
  const rows = new Map<string, Row>()
  visit(fates.graph, weightValues(fates), fates, rows)
  return [...rows.values()].sort((a, b) => b.count - a.count)
}

function visit(graph: Graph, weights: ReadonlySet<string>, fates: Fates, rows: Map<string, Row>) {
  for (const node of graph.nodes) {
    count(rows, node, verdictOf(node, weights, fates))
    for (const inner of subgraphsOf(node)) visitInside(inner, node, rows)
  }
}

/** No gradient comes into a subgraph that is left, so nothing in it is trained. */
function visitInside(graph: Graph, around: Node, rows: Map<string, Row>): void {
  const reason = `stands inside ${around.op} node "${around.name || around.outputs[0]}"`
  for (const node of graph.nodes) {
    count(rows, node, { gradient: 'stops', reason: stopOf(node)?.reason ?? reason })
    for (const inner of subgraphsOf(node)) visitInside(inner, around, rows)
  }
}

/** An operator trains where weights meet values; one that only reshapes weights passes. */
function verdictOf(node: Node, weights: ReadonlySet<string>, { refused, graph }: Fates): Verdict {
  const stop = stopOf(node)
  if (stop) return { gradient: 'stops', reason: stop.reason }
  const refusal = refused.get(node.name || node.outputs[0])
  if (refusal) return { gradient: 'stops', reason: `${refusal.reason} (node "${refusal.node}")` }
  const reads = node.inputs.filter(Boolean)
  const trains =
    reads.some(name => weights.has(name)) &&
    reads.some(name => !weights.has(name) && !graph.initializers.has(name))
  return { gradient: trains ? 'trains' : 'passes' }
}

/** Trainable parameters and what is made of them alone. */
function weightValues({ graph, parameters }: Fates): Set<string> {
  const trained = [...parameters].filter(([, reason]) => reason === undefined)
  const weights = new Set(trained.map(([name]) => name))
  for (const node of graph.nodes) {
    const reads = node.inputs.filter(name => name && !graph.initializers.has(name))
    const fromWeights = node.inputs.some(name => weights.has(name))
    if (fromWeights && reads.every(name => weights.has(name)))
      for (const output of node.outputs) weights.add(output)
  }
  return weights
}

/** One row an operator: what stops it tells most, then what trains. */
function count(rows: Map<string, Row>, { domain, op }: Node, verdict: Verdict): void {
  const key = `${domain}.${op}`
  const row = rows.get(key) ?? { domain, operator: op, count: 0, ...verdict }
  const tells = ['passes', 'trains', 'stops'] as const
  const isMore = tells.indexOf(verdict.gradient) > tells.indexOf(row.gradient)
  rows.set(key, { ...row, ...(isMore && verdict), count: row.count + 1 })
}
