import {
  expected,
  int64Tensor,
  ModelError,
  sameShape,
  type Tensor,
  toNumbers,
} from '../../base/index.js'
import type { Facts } from '../fold/facts.js'
import type { Repair } from '../fold/walk.js'
import { type Graph, intOf, type Node } from '../graph.js'
import { sliceRanges } from '../infer/movement.js'
import { Site } from '../infer/site.js'
import { type Growth, grownTarget, growthOf } from './shapes.js'

/** What is known at the batch the file was made for, and at the one asked for. */
interface Frozen {
  readonly batch: number
  readonly base: Facts
  readonly node: Node
  readonly facts: Facts
  readonly graph: Graph
}

type Fix = (at: Frozen) => readonly Node[]

/** Replaces constants that froze the batch the file was made for, node by node. */
export function repairFor(batch: number, base: Facts): Repair {
  return (node, facts, graph) => {
    const fix = node.domain === '' && Object.hasOwn(fixes, node.op) ? fixes[node.op] : undefined
    return fix ? fix({ batch, base, node, facts, graph }) : [node]
  }
}

function growthAt({ base, facts }: Frozen, name: string): Growth | undefined {
  const [old, now] = [base.knownType(name), facts.knownType(name)]
  return old && now && growthOf(old.shape, now.shape)
}

/** A constant input that is the same at both batches; one computed from shapes differs. */
function frozenInput({ base, facts, node }: Frozen, index: number): Tensor | undefined {
  const name = node.inputs[index]
  const [old, now] = name ? [base.tensor(name), facts.tensor(name)] : []
  return old && now && String(old.data) === String(now.data) ? now : undefined
}

/** The node with one input replaced by an int64 constant. */
function withInts(
  { node, graph, facts }: Frozen,
  index: number,
  values: readonly number[],
): Node[] {
  const name = `${node.outputs[0]}/input_${index}`
  const value = int64Tensor(values)
  graph.initializers.set(name, value)
  facts.setConstant(name, value)
  return [{ ...node, inputs: node.inputs.map((given, i) => (i === index ? name : given)) }]
}

const reshape: Fix = at => {
  const { node, base, batch } = at
  const [from, to] = [base.knownType(node.inputs[0]), base.knownType(node.outputs[0])]
  const growth = growthAt(at, node.inputs[0])
  const target = frozenInput(at, 1)
  if (!from || !to || !growth || !target) return [node]
  const wanted = grownTarget(from.shape, to.shape, growth, batch)
  if (wanted) return withInts(at, 1, wanted)
  throw new ModelError(
    expected(
      `Reshape node "${node.name || node.outputs[0]}"`,
      `a shape in which the batch stays an axis of its own`,
      `[${from.shape}] to [${to.shape}]`,
    ),
  )
}

/** Resize to fixed sizes: the batch axis keeps its own size. */
const resize: Fix = at => {
  const growth = growthAt(at, at.node.inputs[0])
  const sizes = frozenInput(at, 3)
  if (!growth || !sizes?.data.length || at.node.attributes.axes) return [at.node]
  const values = toNumbers(sizes)
  if (values[growth.axis] !== growth.from) return [at.node]
  return withInts(at, 3, values.with(growth.axis, growth.to))
}

/** A slice that took the whole batch goes on taking all of it. */
const slice: Fix = at => {
  const { node, base } = at
  const growth = growthAt(at, node.inputs[0])
  const ends = frozenInput(at, 2)
  if (!growth || !ends || !frozenInput(at, 1)) return [node]
  const ranges = sliceRanges(new Site(node, base))
  const place = ranges.findIndex(
    ({ axis, step, length }) => axis === growth.axis && step === 1 && length === growth.from,
  )
  return place < 0 ? [node] : withInts(at, 2, toNumbers(ends).with(place, growth.to))
}

/** An Expand node before `node` that repeats a constant input of batch 1 along `axis`. */
function repeated(at: Frozen, index: number, axis: number, size: number): Node[] {
  const { node, graph, facts } = at
  const shape = facts.knownType(node.inputs[index])!.shape
  const output = `${node.outputs[0]}/repeated_${index}`
  const target = `${output}/shape`
  const value = int64Tensor(shape.with(axis, size))
  graph.initializers.set(target, value)
  facts.setConstant(target, value)
  const inputs = [node.inputs[index], target]
  return [{ name: output, op: 'Expand', domain: '', inputs, outputs: [output], attributes: {} }]
}

/** The node behind Expand nodes for the inputs that `axisOf` says must follow the batch. */
function repeating(
  at: Frozen,
  size: number,
  axisOf: (index: number) => number | undefined,
): Node[] {
  const expands: Node[] = []
  const inputs = at.node.inputs.map((name, index) => {
    const axis = name && at.facts.tensor(name) ? axisOf(index) : undefined
    if (axis === undefined || at.facts.knownType(name)!.shape[axis] !== 1) return name
    expands.push(...repeated(at, index, axis, size))
    return expands[expands.length - 1].outputs[0]
  })
  return [...expands, { ...at.node, inputs }]
}

/** Constant parts of a Concat (a class token) are repeated for every sample. */
const concat: Fix = at => {
  const { node, facts } = at
  const growth = node.inputs.map(name => growthAt(at, name)).find(Boolean)
  if (growth?.from !== 1) return [node]
  const rank = facts.knownType(node.inputs[0])?.shape.length ?? 0
  const joined = intOf(node, 'axis', 1)
  if (growth.axis === (joined < 0 ? joined + rank : joined)) return [node]
  return repeating(at, growth.to, () => growth.axis)
}

/** Constant initial states and sequence lengths of one sample serve all. */
const recurrent: Fix = at => {
  const growth = growthAt(at, at.node.inputs[0])
  if (growth?.from !== 1) return [at.node]
  const stateAxis = intOf(at.node, 'layout', 0) === 1 ? 0 : 1
  const axes: Record<number, number> = { 4: 0, 5: stateAxis, 6: stateAxis }
  return repeating(at, growth.to, index => axes[index])
}

const fixes: Readonly<Record<string, Fix>> = {
  Concat: concat,
  GRU: recurrent,
  LSTM: recurrent,
  RNN: recurrent,
  Reshape: reshape,
  Resize: resize,
  Slice: slice,
}

/** Throws unless the outputs grow with the batch, each along one axis. */
export function checkOutputs(graph: Graph, base: Facts, facts: Facts): void {
  const growing = graph.outputs.filter(({ name }) => {
    const [old, now] = [base.knownType(name)?.shape, facts.knownType(name)?.shape]
    if (!old || !now || sameShape(old, now)) return false
    if (growthOf(old, now)) return true
    throw new ModelError(
      `the output "${name}" has shape [${old}] at one batch and [${now}] at another: its samples mix.`,
    )
  })
  if (!growing.length)
    throw new ModelError(
      `no output grows with the batch (${graph.outputs.map(o => `"${o.name}"`).join(', ')}): somewhere the samples after the first are dropped or mixed.`,
    )
}
