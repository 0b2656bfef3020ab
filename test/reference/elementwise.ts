import { broadcastAt, type Call, type Kernel, type Kernels, offset, sum, withAxis } from './call.js'

/** erf(x) = 2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!!, all terms of one sign. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let [term, total] = [x, 0]
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(total); n++) {
    total += term
    term *= (2 * x * x) / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const hardSigmoid = (x: number, alpha: number, beta: number) =>
  Math.max(0, Math.min(1, alpha * x + beta))
const exactGelu = (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2))
const tanhGelu = (x: number) =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))

/** To the nearest integer, halves to the even one. */
export function roundHalfEven(x: number): number {
  const low = Math.floor(x)
  if (x - low !== 0.5) return Math.round(x)
  return low % 2 === 0 ? low : low + 1
}

function shrink(x: number, bias: number, lambd: number): number {
  if (x < -lambd) return x + bias
  return x > lambd ? x - bias : 0
}

type Unary = (x: number, call: Call) => number

const unary: Record<string, Unary> = {
  Abs: Math.abs,
  Acos: Math.acos,
  Acosh: Math.acosh,
  Asin: Math.asin,
  Asinh: Math.asinh,
  Atan: Math.atan,
  Atanh: Math.atanh,
  Ceil: Math.ceil,
  Celu: (x, c) => {
    const alpha = c.float('alpha', 1)
    return Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha))
  },
  Cos: Math.cos,
  Cosh: Math.cosh,
  Elu: (x, c) => (x < 0 ? c.float('alpha', 1) * Math.expm1(x) : x),
  Erf: erf,
  Exp: Math.exp,
  Floor: Math.floor,
  Gelu: (x, c) => (c.text('approximate', 'none') === 'tanh' ? tanhGelu(x) : exactGelu(x)),
  HardSigmoid: (x, c) => hardSigmoid(x, c.float('alpha', 0.2), c.float('beta', 0.5)),
  HardSwish: x => x * hardSigmoid(x, 1 / 6, 0.5),
  Identity: x => x,
  IsInf: (x, c) =>
    Number(
      (x === Infinity && c.int('detect_positive', 1) === 1) ||
        (x === -Infinity && c.int('detect_negative', 1) === 1),
    ),
  IsNaN: x => Number(Number.isNaN(x)),
  LeakyRelu: (x, c) => (x < 0 ? c.float('alpha', 0.01) * x : x),
  Log: Math.log,
  Mish: x => x * Math.tanh(softplus(x)),
  Neg: x => -x,
  Not: x => Number(x === 0),
  Reciprocal: x => 1 / x,
  Relu: x => Math.max(0, x),
  Round: roundHalfEven,
  Selu: (x, c) =>
    c.float('gamma', 1.0507009873554805) *
    (x > 0 ? x : c.float('alpha', 1.6732632423543772) * Math.expm1(x)),
  Shrink: (x, c) => shrink(x, c.float('bias', 0), c.float('lambd', 0.5)),
  Sigmoid: sigmoid,
  Sign: Math.sign,
  Sin: Math.sin,
  Sinh: Math.sinh,
  Softplus: softplus,
  Softsign: x => x / (1 + Math.abs(x)),
  Sqrt: Math.sqrt,
  Swish: (x, c) => x * sigmoid(c.float('alpha', 1) * x),
  Tan: Math.tan,
  Tanh: Math.tanh,
  ThresholdedRelu: (x, c) => (x > c.float('alpha', 1) ? x : 0),
}

type Binary = (a: number, b: number, call: Call) => number

/** The result has the sign of the divisor, or with fmod that of the dividend. */
const modulo: Binary = (a, b, c) => (c.int('fmod', 0) ? a % b : a - b * Math.floor(a / b))

const binary: Record<string, Binary> = {
  Add: (a, b) => a + b,
  And: (a, b) => Number(a !== 0 && b !== 0),
  Div: (a, b, c) => (c.isInteger() ? Math.trunc(a / b) : a / b),
  Equal: (a, b) => Number(a === b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Mod: modulo,
  Mul: (a, b) => a * b,
  Or: (a, b) => Number(a !== 0 || b !== 0),
  PRelu: (x, slope) => (x < 0 ? slope * x : x),
  Pow: (a, b, c) => (c.isInteger() ? Math.trunc(a ** b) : a ** b),
  Sub: (a, b) => a - b,
  Xor: (a, b) => Number((a !== 0) !== (b !== 0)),
}

const variadic: Record<string, (values: number[]) => number> = {
  Max: values => Math.max(...values),
  Mean: values => sum(values) / values.length,
  Min: values => Math.min(...values),
  Sum: sum,
}

const mapUnary =
  (f: Unary): Kernel =>
  call => [call.data(0).map(x => f(x, call))]

const mapBinary =
  (f: Binary): Kernel =>
  call => [
    call.fill(index =>
      f(broadcastAt(call.value(0), index), broadcastAt(call.value(1), index), call),
    ),
  ]

const mapVariadic =
  (f: (values: number[]) => number): Kernel =>
  call => [call.fill(index => f(call.node.inputs.map((_, i) => broadcastAt(call.value(i), index))))]

const where: Kernel = call => [
  call.fill(index => {
    const [condition, yes, no] = [0, 1, 2].map(i => broadcastAt(call.value(i), index))
    return condition ? yes : no
  }),
]

const clip: Kernel = call => {
  const low = call.has(1) ? call.data(1)[0] : call.float('min', -Infinity)
  const high = call.has(2) ? call.data(2)[0] : call.float('max', Infinity)
  return [call.data(0).map(x => Math.min(high, Math.max(low, x)))]
}

/** Floats keep their double precision; integers drop the fraction and wrap. */
const cast: Kernel = call => {
  const { dtype } = call.outputs[0]
  const convert: Record<string, (x: number) => number> = {
    bool: x => Number(x !== 0),
    int8: x => Int8Array.of(x)[0],
    uint8: x => Uint8Array.of(x)[0],
    int16: x => Int16Array.of(x)[0],
    uint16: x => Uint16Array.of(x)[0],
    int32: x => Int32Array.of(x)[0],
    uint32: x => Uint32Array.of(x)[0],
    int64: Math.trunc,
    uint64: Math.trunc,
  }
  return [call.data(0).map(convert[dtype] ?? (x => x))]
}

/** Inference only: the mask of a draw is not something a reference can know. */
const dropout: Kernel = call => {
  const ratio = call.has(1) ? call.data(1)[0] : 0.5
  if (call.has(2) && call.data(2)[0] && ratio) call.fail('training_mode off', 'on')
  return [call.data(0).slice(), call.data(0).map(() => 1)]
}

const cumulative =
  (start: number, combine: (a: number, b: number) => number): Kernel =>
  call => {
    const { shape, data } = call.value(0)
    const axis = call.axis(call.data(1)[0], shape.length)
    const [exclusive, reverse] = [call.int('exclusive', 0), call.int('reverse', 0)]
    const counted = (i: number, j: number) => {
      if (i === j) return !exclusive
      return reverse ? j > i : j < i
    }
    const element = (index: readonly number[]) => {
      let total = start
      for (let j = 0; j < shape[axis]; j++)
        if (counted(index[axis], j))
          total = combine(total, data[offset(withAxis(index, axis, j), shape)])
      return total
    }
    return [call.fill(element)]
  }

const entries = <T>(table: Record<string, T>, make: (f: T) => Kernel): Kernels =>
  Object.fromEntries(Object.entries(table).map(([name, f]) => [name, make(f)]))

export const elementwise: Kernels = {
  ...entries(unary, mapUnary),
  ...entries(binary, mapBinary),
  ...entries(variadic, mapVariadic),
  Cast: cast,
  CastLike: cast,
  Clip: clip,
  CumProd: cumulative(1, (a, b) => a * b),
  CumSum: cumulative(0, (a, b) => a + b),
  Dropout: dropout,
  Where: where,
}
