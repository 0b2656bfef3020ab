import { int64Tensor, scalarTensor, type Tensor, tensor } from '../../src/base/index.js'
import { dataTypeCodes, float, int, ints } from '../../src/onnx/index.js'
import type { Cases } from '../gradcheck/case.js'
import type { Draw } from '../gradcheck/draw.js'

/** Cases of operators that no gradient passes: comparisons, integers, shapes, indices. */

const flags = (draw: Draw, shape: readonly number[]): Tensor =>
  tensor(
    'bool',
    shape,
    Uint8Array.from(draw.reals(shape).data as Float32Array, x => Number(x > 0)),
  )

const wholes = (draw: Draw, shape: readonly number[], low = -9, high = 9): Tensor => {
  const count = shape.reduce((a, b) => a * b, 1)
  return int64Tensor(
    Array.from({ length: count }, () => draw.int(low, high)),
    shape,
  )
}

/** Small halves: ties for Round, equal pairs for comparisons. */
const halves = (draw: Draw, shape: readonly number[]): Tensor => {
  const data = Float32Array.from(wholes(draw, shape).data as BigInt64Array, x => Number(x) / 2)
  return tensor('float32', shape, data)
}

const unary = (draw: Draw) => ({ inputs: [halves(draw, draw.shape(draw.int(0, 4)))] })

function pair(draw: Draw, make: typeof halves) {
  const shape = draw.shape(draw.int(0, 4))
  const other = draw.broadcastable(shape)
  const inputs = [make(draw, shape), make(draw, other)]
  return { inputs: draw.chance() ? inputs : inputs.reverse() }
}

const compare = (draw: Draw) => pair(draw, draw.pick(halves, wholes))
const logical = (draw: Draw) => pair(draw, flags)

const pick = (draw: Draw) => {
  const shape = draw.shape(draw.int(1, 4))
  const attributes = {
    axis: int(draw.axis(shape.length)),
    ...draw.sometimes({ keepdims: int(draw.int(0, 1)) }),
    ...draw.sometimes({ select_last_index: int(draw.int(0, 1)) }),
  }
  return { inputs: [halves(draw, shape)], attributes }
}

/** Divisors without zero; int64 division truncates, Mod takes the divisor's sign. */
const nonZero = (draw: Draw, shape: readonly number[]) => {
  const values = wholes(draw, shape, 1, 7)
  return draw.chance()
    ? values
    : tensor(
        'int64',
        shape,
        (values.data as BigInt64Array).map(x => -x),
      )
}

const division = (draw: Draw) => {
  const shape = draw.shape(draw.int(0, 3))
  return { inputs: [wholes(draw, shape, -20, 20), nonZero(draw, shape)] }
}

const shaped = (draw: Draw) => {
  const shape = draw.shape(draw.int(0, 5))
  const end = draw.sometimes({ end: int(draw.int(-6, 6)) })
  const attributes = draw.sometimes({ start: int(draw.int(-6, 6)), ...end })
  return { inputs: [draw.reals(shape)], attributes }
}

export const passingCases: Cases = {
  And: logical,
  ArgMax: pick,
  ArgMin: pick,
  CastLike: draw => ({
    inputs: [halves(draw, draw.shape(2)), draw.pick(halves, wholes, flags)(draw, [1])],
  }),
  Ceil: unary,
  ConstantOfShape: draw => ({
    inputs: [int64Tensor(draw.shape(draw.int(0, 3)))],
    attributes: draw.sometimes({
      value: { type: 'tensor', value: int64Tensor([draw.int(-3, 3)]) },
    }),
  }),
  Div: division,
  Equal: compare,
  EyeLike: draw => ({
    inputs: [draw.reals(draw.shape(2, 5))],
    attributes: { k: int(draw.int(-2, 2)), ...draw.sometimes({ dtype: int(dataTypeCodes.int64) }) },
  }),
  Floor: unary,
  Greater: compare,
  GreaterOrEqual: compare,
  Hardmax: draw => {
    const shape = draw.shape(draw.int(1, 4))
    return { inputs: [draw.reals(shape)], attributes: { axis: int(draw.axis(shape.length)) } }
  },
  IsInf: draw => ({
    inputs: [tensor('float32', [4], Float32Array.of(1, Infinity, -Infinity, NaN))],
    attributes: { detect_positive: int(draw.int(0, 1)), detect_negative: int(draw.int(0, 1)) },
  }),
  IsNaN: () => ({ inputs: [tensor('float32', [3], Float32Array.of(1, NaN, Infinity))] }),
  Less: compare,
  LessOrEqual: compare,
  Mod: division,
  NonZero: draw => ({ inputs: [wholes(draw, draw.shape(draw.int(1, 3)), -1, 1)] }),
  Not: draw => ({ inputs: [flags(draw, draw.shape(2))] }),
  OneHot: draw => {
    const shape = draw.shape(draw.int(1, 3))
    const depth = scalarTensor(4, 'int64')
    const values = draw.reals([2])
    const attributes = draw.sometimes({ axis: int(draw.int(-shape.length - 1, shape.length)) })
    return { inputs: [wholes(draw, shape, -5, 5), depth, values], attributes, constants: [0, 1] }
  },
  Or: logical,
  Range: draw => {
    const [start, delta] = [draw.int(-5, 5), draw.pick(-2, -1, 1, 3)]
    const limit = start + delta * draw.int(0, 4) + draw.int(0, 1)
    return { inputs: [start, limit, delta].map(x => scalarTensor(x, 'int64')) }
  },
  Round: unary,
  Shape: shaped,
  Shrink: draw => ({
    inputs: [halves(draw, draw.shape(2))],
    attributes: { bias: float(0.3), lambd: float(1.2) },
  }),
  Sign: unary,
  Size: draw => ({ inputs: [draw.reals(draw.shape(draw.int(0, 4)))] }),
  Slice: draw => {
    const shape = draw.shape(3, 6)
    const [axis, step] = [draw.axis(3), draw.pick(-2, -1, 1, 2)]
    // The largest end means "to the end" forward, the smallest backward.
    const start = draw.pick(draw.int(-8, 8), 2 ** 31 - 1, -(2 ** 31))
    const end = draw.pick(draw.int(-8, 8), step > 0 ? 2 ** 31 - 1 : -(2 ** 31))
    const [starts, ends] = [start, end].map(x => int64Tensor([x]))
    return { inputs: [wholes(draw, shape), starts, ends, int64Tensor([axis]), int64Tensor([step])] }
  },
  Xor: logical,
}

/** Attributes of poolings that need fixed cases of their own: windows that reach past the end. */
export const fixedCases: Cases = {
  MaxUnpool: draw => {
    const indices = int64Tensor([5, 7, 13, 15, 16 + 5, 16 + 2, 16 + 13, 16 + 15], [1, 2, 2, 2])
    const attributes = { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }
    return { inputs: [draw.reals([1, 2, 2, 2]), indices], attributes, constants: [] }
  },
}
