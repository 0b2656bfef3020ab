import { type DataType, isFloat, type Tensor } from '../../base/index.js'
import { areExact, asNumbers, fromNumbers } from './numbers.js'
import type { ConstantCall, FoldRule, FoldRules } from './rule.js'
import { broadcastStrides, walk } from './strided.js'

type Operate = (values: number[], call: ConstantCall) => number

/** An input's elements as they broadcast to `shape`. */
function spread(value: Tensor, shape: readonly number[]): Float64Array {
  const numbers = asNumbers(value)
  const out = new Float64Array(shape.reduce((a, b) => a * b, 1))
  walk(shape, broadcastStrides(value.shape, shape), 0, (flat, offset) => {
    out[flat] = numbers[offset]
  })
  return out
}

const isNumeric = (dtype: DataType) => dtype !== 'string'

/** Element by element over the inputs, broadcast against each other. */
const mapped =
  (f: Operate, exact = true): FoldRule =>
  call => {
    const inputs = call.node.inputs.map((_, i) => call.input(i))
    if (!inputs.every(({ dtype }) => isNumeric(dtype))) return []
    const { dtype, shape } = call.outputs[0]
    const columns = inputs.map(input => spread(input, shape))
    if (exact && !columns.every((column, i) => areExact(inputs[i].dtype, column))) return []
    const out = new Float64Array(columns[0].length)
    for (let i = 0; i < out.length; i++)
      out[i] = f(
        columns.map(column => column[i]),
        call,
      )
    return [fromNumbers(dtype, shape, out)]
  }

const isInteger = (call: ConstantCall) => !isFloat(call.dtype(0))

/** To the nearest integer, halves to the even one. */
function roundHalfEven(x: number): number {
  const low = Math.floor(x)
  if (x - low !== 0.5) return Math.round(x)
  return low % 2 === 0 ? low : low + 1
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

/** Integer division by zero is left to the runtime: NaN is no integer, so nothing is folded. */
const operations: Record<string, Operate> = {
  Abs: ([x]) => Math.abs(x),
  Add: ([a, b]) => a + b,
  And: ([a, b]) => Number(a !== 0 && b !== 0),
  Ceil: ([x]) => Math.ceil(x),
  Cos: ([x]) => Math.cos(x),
  Div: ([a, b], call) => (isInteger(call) ? Math.trunc(a / b) : a / b),
  Equal: ([a, b]) => Number(a === b),
  Exp: ([x]) => Math.exp(x),
  Floor: ([x]) => Math.floor(x),
  Greater: ([a, b]) => Number(a > b),
  GreaterOrEqual: ([a, b]) => Number(a >= b),
  IsInf: ([x], call) =>
    Number(
      (x === Infinity && call.int('detect_positive', 1) === 1) ||
        (x === -Infinity && call.int('detect_negative', 1) === 1),
    ),
  IsNaN: ([x]) => Number(Number.isNaN(x)),
  Less: ([a, b]) => Number(a < b),
  LessOrEqual: ([a, b]) => Number(a <= b),
  Log: ([x]) => Math.log(x),
  Mean: values => sum(values) / values.length,
  Mod: ([a, b], call) => (call.int('fmod', 0) ? a % b : a - b * Math.floor(a / b)),
  Mul: ([a, b]) => a * b,
  Neg: ([x]) => -x,
  Not: ([x]) => Number(x === 0),
  Or: ([a, b]) => Number(a !== 0 || b !== 0),
  Pow: ([a, b], call) => (isInteger(call) ? Math.trunc(a ** b) : a ** b),
  Reciprocal: ([x]) => 1 / x,
  Relu: ([x]) => Math.max(0, x),
  Round: ([x]) => roundHalfEven(x),
  Sign: ([x]) => Math.sign(x),
  Sin: ([x]) => Math.sin(x),
  Sqrt: ([x]) => Math.sqrt(x),
  Sub: ([a, b]) => a - b,
  Sum: sum,
  Xor: ([a, b]) => Number((a !== 0) !== (b !== 0)),
}

/** Picking one of the values needs no exactness: the largest int64, "to the end", may take part. */
const picking: Record<string, Operate> = {
  Max: values => Math.max(...values),
  Min: values => Math.min(...values),
}

const clip: FoldRule = call => {
  const x = call.input(0)
  const low = call.has(1) ? asNumbers(call.input(1))[0] : call.float('min', -Infinity)
  const high = call.has(2) ? asNumbers(call.input(2))[0] : call.float('max', Infinity)
  const clipped = asNumbers(x).map(value => Math.min(high, Math.max(low, value)))
  return [fromNumbers(x.dtype, x.shape, clipped)]
}

/** Text is left alone; floats out of an integer's range are the runtime's to decide. */
const cast: FoldRule = call => {
  const x = call.input(0)
  const { dtype, shape } = call.outputs[0]
  if (x.dtype === dtype) return [x]
  if (!isNumeric(x.dtype)) return []
  const values = asNumbers(x)
  if (dtype === 'bool')
    return [
      fromNumbers(
        dtype,
        shape,
        values.map(v => Number(v !== 0)),
      ),
    ]
  if (isFloat(dtype)) return [fromNumbers(dtype, shape, values)]
  if (!areExact(x.dtype, values) || !values.every(v => Math.abs(v) < 2 ** 31)) return []
  return [fromNumbers(dtype, shape, values.map(Math.trunc))]
}

const cumSum: FoldRule = call => {
  const x = call.input(0)
  const axis = call.axis(asNumbers(call.input(1))[0], x.shape.length)
  if (call.int('exclusive', 0) || call.int('reverse', 0)) return []
  const values = asNumbers(x)
  if (!areExact(x.dtype, values)) return []
  const step = x.shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  for (let i = 0; i < values.length; i++)
    if (Math.floor(i / step) % x.shape[axis] > 0) values[i] += values[i - step]
  return [fromNumbers(x.dtype, x.shape, values)]
}

export const arithmeticFolds: FoldRules = {
  ...Object.fromEntries(Object.entries(operations).map(([name, f]) => [name, mapped(f)])),
  ...Object.fromEntries(Object.entries(picking).map(([name, f]) => [name, mapped(f, false)])),
  Cast: cast,
  CastLike: cast,
  Clip: clip,
  CumSum: cumSum,
}
