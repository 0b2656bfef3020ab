import { ModelError } from '../../base/index.js'
import type { ValueType } from '../builder.js'
import { subgraphsOf } from '../edits.js'
import { type Graph, intOf, intsOf, type Node } from '../graph.js'
import type { Facts } from './facts.js'

/** The part of a walk that control flow needs: a subgraph, walked with the values around it in sight. */
export type WalkInner = (graph: Graph) => { graph: Graph; facts: Facts }

type Types = readonly (ValueType | undefined)[]

export interface WalkedNode {
  /** The node with its subgraphs simplified. */
  node: Node
  /** Types of its outputs, as far as they are known before a run. */
  types: Types
}

const sameType = (a?: ValueType, b?: ValueType) =>
  a && b && a.dtype === b.dtype && a.shape.join() === b.shape.join()

/** Walks the subgraphs of a node; undefined where it has none. */
export function walkBodies(node: Node, facts: Facts, walk: WalkInner): WalkedNode | undefined {
  if (!subgraphsOf(node).length) return undefined
  if (node.domain === '' && node.op === 'If') return walkBranches(node, walk)
  if (node.domain === '' && node.op === 'Loop') return walkLoop(node, facts, walk)
  if (node.domain === '' && node.op === 'Scan') return walkScan(node, facts, walk)
  return { node, types: [] }
}

/** A branch that does not fit these inputs may never be taken: it is left as it is. */
function attempt(graph: Graph, walk: WalkInner) {
  try {
    return walk(graph)
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    return undefined
  }
}

function walkBranches(node: Node, walk: WalkInner): WalkedNode {
  const attributes = { ...node.attributes }
  const branches = (['then_branch', 'else_branch'] as const).map(key => {
    const attribute = node.attributes[key]
    const walked = attribute?.type === 'graph' ? attempt(attribute.value, walk) : undefined
    if (walked) attributes[key] = { type: 'graph', value: walked.graph }
    return outputTypes(walked)
  })
  const [yes, no] = branches
  const types = node.outputs.map((_, k) => (sameType(yes[k], no[k]) ? yes[k] : undefined))
  return { node: { ...node, attributes }, types }
}

function outputTypes(walked?: { graph: Graph; facts: Facts }): Types {
  return walked?.graph.outputs.map(({ name }) => walked.facts.knownType(name)) ?? []
}

interface Body {
  graph: Graph
  facts: Facts
  types: Types
}

/** Where the states stand among a body's inputs and outputs, and how many they are. */
interface States {
  input: number
  output: number
  count: number
}

/** Walks a body; a state whose type changes on the way is not known, and the walk starts anew. */
function walkBody(node: Node, inputs: Types, states: States, walk: WalkInner): Body | undefined {
  const attribute = node.attributes.body
  if (attribute?.type !== 'graph') return undefined
  const given = [...inputs]
  for (;;) {
    const walked = attempt(withInputTypes(attribute.value, given), walk)
    if (!walked) return undefined
    const types = outputTypes(walked)
    const changed = Array.from({ length: states.count }, (_, s) => s).filter(s => {
      const before = given[states.input + s]
      return before && !sameType(before, types[states.output + s])
    })
    if (!changed.length)
      return { ...walked, graph: { ...walked.graph, inputs: attribute.value.inputs }, types }
    for (const s of changed) given[states.input + s] = undefined
  }
}

function withInputTypes(graph: Graph, types: Types): Graph {
  const inputs = graph.inputs.map(({ name }, i) =>
    types[i] ? { name, dtype: types[i].dtype, shape: [...types[i].shape] } : { name },
  )
  return { ...graph, inputs }
}

const withBody = (node: Node, body?: Body): Node =>
  body
    ? { ...node, attributes: { ...node.attributes, body: { type: 'graph', value: body.graph } } }
    : node

/** States keep their type; what a step yields is stacked, when the number of steps is constant. */
function walkLoop(node: Node, facts: Facts, walk: WalkInner): WalkedNode {
  const initial = node.inputs.slice(2).map(name => facts.knownType(name))
  const counters: Types = [
    { dtype: 'int64', shape: [] },
    { dtype: 'bool', shape: [] },
  ]
  const body = walkBody(
    node,
    [...counters, ...initial],
    { input: 2, output: 1, count: initial.length },
    walk,
  )
  if (!body) return { node, types: [] }
  const steps = loopSteps(node, facts, body)
  const types = body.types.slice(1).map((type, k) => {
    if (k < initial.length) return type
    return type && steps !== undefined ? { ...type, shape: [steps, ...type.shape] } : undefined
  })
  return { node: withBody(node, body), types }
}

/** The trip count, where it is constant and the condition stays true. */
function loopSteps(node: Node, facts: Facts, body: Body): number | undefined {
  const count = node.inputs[0] ? facts.tensor(node.inputs[0]) : undefined
  const condition = node.inputs[1] ? facts.tensor(node.inputs[1])?.data[0] : true
  const next = body.graph.outputs[0].name
  const maker = body.graph.nodes.find(inner => inner.outputs.includes(next))
  const passed =
    next === body.graph.inputs[1]?.name || maker?.inputs[0] === body.graph.inputs[1]?.name
  const stays = body.facts.tensor(next)?.data[0] || (passed && (!maker || maker.op === 'Identity'))
  return count && condition && stays ? Number(count.data[0]) : undefined
}

function walkScan(node: Node, facts: Facts, walk: WalkInner): WalkedNode {
  const scanned = intOf(node, 'num_scan_inputs', 0)
  const states = node.inputs.length - scanned
  const given = node.inputs.map(name => facts.knownType(name))
  const axes = intsOf(node, 'scan_input_axes', new Array<number>(scanned).fill(0))
  const at = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis)
  let steps: number | undefined
  const elements = given.map((type, i) => {
    if (i < states || !type) return type
    const axis = at(axes[i - states], type.shape.length)
    steps = type.shape[axis]
    return { ...type, shape: type.shape.filter((_, a) => a !== axis) }
  })
  const body = walkBody(node, elements, { input: 0, output: 0, count: states }, walk)
  if (!body) return { node, types: [] }
  const outputAxes = intsOf(node, 'scan_output_axes', [])
  const types = body.types.map((type, k) => {
    if (k < states || !type) return type
    if (steps === undefined) return undefined
    const axis = at(outputAxes[k - states] ?? 0, type.shape.length + 1)
    return { ...type, shape: type.shape.toSpliced(axis, 0, steps) }
  })
  return { node: withBody(node, body), types }
}
