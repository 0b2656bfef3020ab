import { type Builder, int } from '../onnx/index.js'
import type { Maths } from './maths.js'

/** One direction of a recurrent node, its weights cut out. Gates lie in blocks of `hidden` rows. */
export interface Direction {
  readonly b: Builder
  readonly maths: Maths
  readonly hidden: number
  /** Recurrence weights [gates hidden, hidden]. */
  readonly r: string
  /** Recurrence bias [gates hidden], where it is not already in the inputs. */
  readonly rb?: string
  /** LSTM peephole weights [3 hidden]: input, output, forget. */
  readonly peephole?: string
  /** The activation functions in the specification's order, clipping included. */
  readonly activations: readonly ((x: string) => string)[]
  /** LSTM: the forget gate is 1 - input gate. */
  readonly coupled: boolean
  /** GRU: the recurrence product comes before the reset gate. */
  readonly linearBeforeReset: boolean
}

/** h, and c for an LSTM: [batch, hidden]. */
export type State = readonly string[]

/**
 * One step. `x` is the input's product with W and all biases but `rb`: [batch, gates hidden].
 * ' is the transpose, * a product of matrices; the rest is element by element.
 */
export type Cell = (d: Direction, x: string, state: State) => State

/** x + h * r' in one Gemm. */
const recurrence = (d: Direction, h: string, r: string, x: string) =>
  d.b.emit('Gemm', [h, r, x], { transB: int(1) })

/** Blocks of `hidden` along one axis, so many each. */
function cut(d: Direction, x: string, counts: readonly number[], axis: number): string[] {
  const sizes = d.b.ints(counts.map(count => count * d.hidden))
  return d.b.emitMany('Split', [x, sizes], { axis: int(axis) }, { outputs: counts.length })
}

// h = f(x + h * r')
export const RNN: Cell = (d, x, [h]) => [d.activations[0](recurrence(d, h, d.r, x))]

// z, r = f(x_zr + h * r_zr'); n = g(x_n + (r h) * r_n') or g(x_n + r (h * r_n' + rb_n)); h = n + z (h - n)
export const GRU: Cell = (d, x, [h]) => {
  const { add, sub, mul } = d.maths
  const [f, g] = d.activations
  const [xGates, xNew] = cut(d, x, [2, 1], 1)
  const settle = (gates: string, fresh: (reset: string) => string): State => {
    const [z, reset] = cut(d, f(gates), [1, 1], 1)
    const n = g(fresh(reset))
    return [add(n, mul(z, sub(h, n)))]
  }
  if (d.linearBeforeReset) {
    const [hGates, hNew] = cut(d, recurrence(d, h, d.r, d.rb ?? ''), [2, 1], 1)
    return settle(add(xGates, hGates), reset => add(xNew, mul(reset, hNew)))
  }
  const [rGates, rNew] = cut(d, d.r, [2, 1], 0)
  return settle(recurrence(d, h, rGates, xGates), reset => recurrence(d, mul(reset, h), rNew, xNew))
}

// i, o, f, g = x + h * r', peepholes p c added; c = f c + i g; h = o tanh(c)
export const LSTM: Cell = (d, x, [h, c]) => {
  const { add, sub, mul } = d.maths
  const [f, g, out] = d.activations
  const gates = recurrence(d, h, d.r, x)
  if (!d.peephole && !d.coupled) {
    const [three, fresh] = cut(d, gates, [3, 1], 1)
    const [input, output, forget] = cut(d, f(three), [1, 1, 1], 1)
    const next = add(mul(forget, c), mul(input, g(fresh)))
    return [mul(output, out(next)), next]
  }
  const [i, o, ft, fresh] = cut(d, gates, [1, 1, 1, 1], 1)
  const peepholes = d.peephole ? cut(d, d.peephole, [1, 1, 1], 0) : []
  const peep = (gate: string, index: number, cell: string) =>
    f(peepholes.length ? add(gate, mul(peepholes[index], cell)) : gate)
  const input = peep(i, 0, c)
  const forget = d.coupled ? sub(1, input) : peep(ft, 2, c)
  const next = add(mul(forget, c), mul(input, g(fresh)))
  return [mul(peep(o, 1, next), out(next)), next]
}
