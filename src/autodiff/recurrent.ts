import { InternalError, zeros } from '../base/index.js'
import { type Builder, int, intOf, type Node, recurrentSizes, Site, textOf } from '../onnx/index.js'
import { type Maths, maths } from './maths.js'
import { activationsOf } from './recurrent-activations.js'
import { type Cell, type Direction, GRU, LSTM, RNN, type State } from './recurrent-cells.js'
import type { Row, Rule } from './rule.js'

/** Recurrent operators hide their gates; unrolled into primitives they can be differentiated. */

interface Kind {
  readonly cell: Cell
  readonly gates: number
  readonly states: number
  /** Default activation functions of one direction. */
  readonly activations: readonly string[]
}

const kinds: Readonly<Record<string, Kind>> = {
  RNN: { cell: RNN, gates: 1, states: 1, activations: ['Tanh'] },
  GRU: { cell: GRU, gates: 3, states: 1, activations: ['Sigmoid', 'Tanh'] },
  LSTM: { cell: LSTM, gates: 4, states: 2, activations: ['Sigmoid', 'Tanh', 'Tanh'] },
}

/** What all directions of one node share. */
interface Unrolling extends Kind {
  readonly b: Builder
  readonly m: Maths
  readonly node: Node
  readonly steps: number
  readonly batch: number
  readonly input: number
  readonly hidden: number
  readonly directions: number
  /** One [batch, 1] of 0 and 1 a step: whether the sequence is still running. */
  readonly masks: readonly string[] | undefined
}

/**
 * Replaces every RNN, GRU and LSTM that a gradient may pass by its steps, in place; all shapes must
 * be known. Values keep their names. The input's product with W is taken once for all steps.
 */
export function unrollRecurrent(b: Builder, passes: (node: Node) => boolean = () => true): void {
  for (const node of b.graph.nodes.splice(0))
    if (node.domain === '' && kinds[node.op] && passes(node)) unroll(b, node)
    else b.graph.nodes.push(node)
}

function unroll(b: Builder, node: Node): void {
  const kind = kinds[node.op]
  const sizes = recurrentSizes(new Site(node, b), kind.gates)
  const m = maths(b)
  const u: Unrolling = { ...kind, ...sizes, b, m, node, masks: masksOf(b, node, sizes.steps) }
  const batchFirst = intOf(node, 'layout', 0) === 1
  const x = m.transpose(node.inputs[0], batchFirst ? [1, 0, 2] : [0, 1, 2])
  const activations = activationsOf(b, node, [
    ...kind.activations,
    ...(u.directions === 2 ? kind.activations : []),
  ])
  const each = activations.length / u.directions
  const runs = Array.from({ length: u.directions }, (_, d) => {
    const own = activations.slice(d * each, (d + 1) * each)
    return runDirection(u, x, d, own, batchFirst)
  })
  name(b, node.outputs[0], () => {
    const y = concat(
      b,
      runs.map(run => run.sequence),
      1,
    )
    return m.transpose(y, batchFirst ? [2, 0, 1, 3] : [0, 1, 2, 3])
  })
  for (let s = 0; s < kind.states; s++)
    name(b, node.outputs[s + 1], () => {
      const last = concat(
        b,
        runs.map(run => m.reshape(run.state[s], [1, u.batch, u.hidden])),
        0,
      )
      return m.transpose(last, batchFirst ? [1, 0, 2] : [0, 1, 2])
    })
}

const concat = (b: Builder, parts: readonly string[], axis: number) =>
  parts.length === 1 ? parts[0] : b.emit('Concat', parts, { axis: int(axis) })

/** Makes a value under the name the graph knows, where the graph asks for it. */
function name(b: Builder, output: string | undefined, make: () => string): void {
  if (!output) return
  const value = make()
  const node = { name: output, op: 'Identity', domain: '', attributes: {} }
  b.graph.nodes.push({ ...node, inputs: [value], outputs: [output] })
}

/** Whether step t is within each sequence; none where there are no lengths. */
function masksOf(b: Builder, node: Node, steps: number): string[] | undefined {
  const lengths = node.inputs[4]
  if (!lengths) return undefined
  const column = b.emit('Reshape', [lengths, b.ints([-1, 1])])
  return Array.from({ length: steps }, (_, t) =>
    b.emit('CastLike', [b.emit('Less', [b.scalar(t, b.dtype(lengths)), column]), node.inputs[0]]),
  )
}

/** All steps of one direction: y [steps, 1, batch, hidden] and the last state. */
function runDirection(
  u: Unrolling,
  x: string,
  index: number,
  activations: Direction['activations'],
  batchFirst: boolean,
): { sequence: string; state: State } {
  const { b, m, node, cell, steps, batch, hidden } = u
  const isReverse = index === 1 || textOf(node, 'direction', 'forward') === 'reverse'
  const { direction, inputs } = weightsOf(u, x, index, activations)
  const outputs = new Array<string>(steps)
  let state = initialState(u, index, batchFirst)
  for (let i = 0; i < steps; i++) {
    const t = isReverse ? steps - 1 - i : i
    const next = cell(direction, inputs[t], state)
    const mask = u.masks?.[t]
    outputs[t] = mask ? m.mul(next[0], mask) : next[0]
    state = mask ? held(m, state, next, mask) : next
  }
  const sequence = m.reshape(concat(b, outputs, 0), [steps, 1, batch, hidden])
  return { sequence, state }
}

/** Where the sequence has ended (or, in reverse, not begun) the state stays what it was. */
const held = (m: Maths, state: State, next: State, mask: string): State =>
  next.map((value, i) => m.add(state[i], m.mul(mask, m.sub(value, state[i]))))

/** The slice of one direction, without its leading axis. */
function own({ b, m, directions }: Unrolling, value: string, index: number): string {
  const shape = b.shape(value).slice(1)
  if (directions === 1) return m.reshape(value, shape)
  const part = b.emit('Slice', [value, b.ints([index]), b.ints([index + 1]), b.ints([0])])
  return m.reshape(part, shape)
}

function weightsOf(
  u: Unrolling,
  x: string,
  index: number,
  activations: Direction['activations'],
): { direction: Direction; inputs: string[] } {
  const { b, m, node, hidden, steps, batch, input } = u
  const [w, r] = [own(u, node.inputs[1], index), own(u, node.inputs[2], index)]
  const linearBeforeReset = intOf(node, 'linear_before_reset', 0) !== 0
  const isApart = node.op === 'GRU' && linearBeforeReset
  const { wb, rb } = biasesOf(u, index, isApart)
  const rows = m.reshape(x, [steps * batch, input])
  const product = b.emit('Gemm', wb ? [rows, w, wb] : [rows, w], { transB: int(1) })
  const sizes = b.ints(new Array<number>(steps).fill(batch))
  const inputs =
    steps === 1
      ? [product]
      : b.emitMany('Split', [product, sizes], { axis: int(0) }, { outputs: steps })
  const peephole = node.inputs[7] && u.states === 2 ? own(u, node.inputs[7], index) : undefined
  const coupled = intOf(node, 'input_forget', 0) !== 0
  const shared = { b, maths: m, hidden, r, rb, peephole, activations, coupled, linearBeforeReset }
  return { direction: shared, inputs }
}

/** The two biases of B [2 gates hidden]: together on the input, or apart. */
function biasesOf(u: Unrolling, index: number, isApart: boolean): { wb?: string; rb?: string } {
  const { b, m, node } = u
  if (!node.inputs[3]) return {}
  const both = own(u, node.inputs[3], index)
  const half = u.gates * u.hidden
  const [wb, rb] = b.emitMany(
    'Split',
    [both, b.ints([half, half])],
    { axis: int(0) },
    { outputs: 2 },
  )
  return isApart ? { wb, rb } : { wb: m.add(wb, rb) }
}

/** The given initial states of this direction, or zeros. */
function initialState(u: Unrolling, index: number, batchFirst: boolean): State {
  const { b, m, node, states, batch, hidden } = u
  return Array.from({ length: states }, (_, s) => {
    const given = node.inputs[5 + s]
    if (!given) return b.constant(zeros(b.dtype(node.inputs[0]), [batch, hidden]), 'state')
    return own(u, m.transpose(given, batchFirst ? [1, 0, 2] : [0, 1, 2]), index)
  })
}

/** The steps have rules; the operators themselves are gone before a gradient is taken. */
const unrolledFirst: Rule = (_, node) => {
  throw new InternalError(`${node.op} was to be unrolled before its gradient is taken`)
}

export const recurrentRules = {
  RNN: unrolledFirst,
  GRU: unrolledFirst,
  LSTM: unrolledFirst,
} satisfies Record<string, Row>
