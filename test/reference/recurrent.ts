import { floatsOf, recurrentSizes } from '../../src/onnx/index.js'
import { type Call, elementAt, type Kernel, type Kernels, offset, range, sum } from './call.js'

type Activation = (x: number, alpha: number, beta: number) => number

const activations: Record<string, { f: Activation; alpha?: number; beta?: number }> = {
  affine: { f: (x, a, b) => a * x + b, alpha: 1, beta: 0 },
  elu: { f: (x, a) => (x < 0 ? a * Math.expm1(x) : x), alpha: 1 },
  hardsigmoid: { f: (x, a, b) => Math.min(1, Math.max(0, a * x + b)), alpha: 0.2, beta: 0.5 },
  leakyrelu: { f: (x, a) => (x < 0 ? a * x : x), alpha: 0.01 },
  relu: { f: x => Math.max(0, x) },
  scaledtanh: { f: (x, a, b) => a * Math.tanh(b * x), alpha: 1, beta: 1 },
  sigmoid: { f: x => 1 / (1 + Math.exp(-x)) },
  softplus: { f: x => Math.log1p(Math.exp(x)) },
  softsign: { f: x => x / (1 + Math.abs(x)) },
  tanh: { f: Math.tanh },
  thresholdedrelu: { f: (x, a) => (x > a ? x : 0), alpha: 1 },
}

/** The activations of one direction, `count` of them; clip bounds what goes in. */
function activationsOf(call: Call, direction: number, count: number, defaults: string[]) {
  const attribute = call.attribute('activations')
  const names = attribute?.type === 'strings' ? attribute.value : [...defaults, ...defaults]
  const clip = call.float('clip', 0)
  const bounded = (x: number) => (clip ? Math.min(clip, Math.max(-clip, x)) : x)
  // Each activation that takes a parameter consumes the next one of the list, in order.
  const alphas = [...floatsOf(call.node, 'activation_alpha', [])]
  const betas = [...floatsOf(call.node, 'activation_beta', [])]
  const all = names.map(name => {
    const { f, alpha, beta } = activations[name.toLowerCase()]
    const a = alpha === undefined ? 0 : (alphas.shift() ?? alpha)
    const b = beta === undefined ? 0 : (betas.shift() ?? beta)
    return (x: number) => f(bounded(x), a, b)
  })
  return all.slice(direction * count, direction * count + count)
}

/** One direction's parameters, read by gate block `g` and hidden unit `h`. */
function parametersOf(call: Call, direction: number, gates: number, hidden: number, input: number) {
  const at = (i: number, index: number[]) =>
    call.has(i) ? elementAt(call.value(i), [direction, ...index]) : 0
  const fromInput = (g: number, h: number, x: number[]) =>
    sum(range(input).map(k => at(1, [g * hidden + h, k]) * x[k]))
  const fromState = (g: number, h: number, state: number[]) =>
    sum(range(hidden).map(k => at(2, [g * hidden + h, k]) * state[k]))
  const inputBias = (g: number, h: number) => at(3, [g * hidden + h])
  const stateBias = (g: number, h: number) => at(3, [(gates + g) * hidden + h])
  const peephole = (g: number, h: number) => at(7, [g * hidden + h])
  return { fromInput, fromState, inputBias, stateBias, peephole }
}

type Parameters = ReturnType<typeof parametersOf>
type Functions = ReturnType<typeof activationsOf>

interface State {
  h: number[]
  c: number[]
}

/** The next state from the input `x` of one sample. */
type Step = (call: Call, p: Parameters, f: Functions, x: number[], state: State) => State

const rnnStep: Step = (_call, p, [f], x, { h, c }) => ({
  h: h.map((_, i) =>
    f(p.fromInput(0, i, x) + p.fromState(0, i, h) + p.inputBias(0, i) + p.stateBias(0, i)),
  ),
  c,
})

/** Gates z, r, h. linear_before_reset: the reset gate acts after the product with R. */
const gruStep: Step = (call, p, [f, g], x, { h, c }) => {
  const before = call.int('linear_before_reset', 0)
  const gate = (k: number) =>
    h.map((_, i) =>
      f(p.fromInput(k, i, x) + p.fromState(k, i, h) + p.inputBias(k, i) + p.stateBias(k, i)),
    )
  const [z, r] = [gate(0), gate(1)]
  const reset = h.map((value, i) => r[i] * value)
  const candidate = h.map((_, i) => {
    const recurrent = before
      ? r[i] * (p.fromState(2, i, h) + p.stateBias(2, i))
      : p.fromState(2, i, reset) + p.stateBias(2, i)
    return g(p.fromInput(2, i, x) + recurrent + p.inputBias(2, i))
  })
  return { h: h.map((value, i) => (1 - z[i]) * candidate[i] + z[i] * value), c }
}

/** Gates i, o, f, c; peepholes i, o, f. */
const lstmStep: Step = (call, p, [f, g, last], x, { h, c }) => {
  const sumOf = (k: number, i: number) =>
    p.fromInput(k, i, x) + p.fromState(k, i, h) + p.inputBias(k, i) + p.stateBias(k, i)
  const enter = h.map((_, i) => f(sumOf(0, i) + p.peephole(0, i) * c[i]))
  const forget = call.int('input_forget', 0)
    ? enter.map(gate => 1 - gate)
    : h.map((_, i) => f(sumOf(2, i) + p.peephole(2, i) * c[i]))
  const cell = h.map((_, i) => forget[i] * c[i] + enter[i] * g(sumOf(3, i)))
  const leave = h.map((_, i) => f(sumOf(1, i) + p.peephole(1, i) * cell[i]))
  return { h: leave.map((gate, i) => gate * last(cell[i])), c: cell }
}

const recurrent =
  (gates: number, defaults: string[], step: Step): Kernel =>
  call => {
    const { steps, batch, input, directions, hidden } = recurrentSizes(call, gates)
    const batchFirst = call.int('layout', 0) === 1
    const outputs = call.outputs.map((_, k) => call.fill(() => 0, k))
    const put = (k: number, index: number[], value: number) => {
      if (outputs[k]) outputs[k][offset(index, call.outputs[k].shape)] = value
    }
    const stateAt = (d: number, n: number) => (batchFirst ? [n, d] : [d, n])
    const initial = (i: number, d: number, n: number) =>
      range(hidden).map(h => (call.has(i) ? elementAt(call.value(i), [...stateAt(d, n), h]) : 0))
    for (const d of range(directions)) {
      const p = parametersOf(call, d, gates, hidden, input)
      const f = activationsOf(call, d, defaults.length, defaults)
      const reverse = d === 1 || call.text('direction', 'forward') === 'reverse'
      for (const n of range(batch)) {
        const length = call.has(4) ? call.data(4)[n] : steps
        let state: State = { h: initial(5, d, n), c: gates === 4 ? initial(6, d, n) : [] }
        for (const t of reverse ? range(length).reverse() : range(length)) {
          const x = range(input).map(k =>
            elementAt(call.value(0), [...(batchFirst ? [n, t] : [t, n]), k]),
          )
          state = step(call, p, f, x, state)
          const place = batchFirst ? [n, t, d] : [t, d, n]
          for (const h of range(hidden)) put(0, [...place, h], state.h[h])
        }
        for (const h of range(hidden)) {
          put(1, [...stateAt(d, n), h], state.h[h])
          if (gates === 4) put(2, [...stateAt(d, n), h], state.c[h])
        }
      }
    }
    return outputs
  }

export const recurrentKernels: Kernels = {
  GRU: recurrent(3, ['Sigmoid', 'Tanh'], gruStep),
  LSTM: recurrent(4, ['Sigmoid', 'Tanh', 'Tanh'], lstmStep),
  RNN: recurrent(1, ['Tanh'], rnnStep),
}
