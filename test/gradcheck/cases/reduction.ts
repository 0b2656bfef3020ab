import { int64Tensor, type Tensor } from '../../../src/base/index.js'
import { type Attributes, int } from '../../../src/onnx/index.js'
import type { CaseMaker, Cases } from '../case.js'
import type { Draw } from '../draw.js'

/** Any axes, from either end; all of them where none are given, or none at all; kept or dropped. */
const reduce =
  (values: (draw: Draw, shape: readonly number[]) => Tensor): CaseMaker =>
  (draw, index) => {
    const shape = draw.shape(draw.int(1, 4))
    const x = values(draw, shape)
    const keepdims = int(draw.int(0, 1))
    const noop: Attributes = { keepdims, noop_with_empty_axes: int(index) }
    if (index < 2) return { inputs: [x], attributes: noop }
    return { inputs: [x, int64Tensor(draw.axes(shape.length))], attributes: { keepdims } }
  }

const between = (low: number, high: number, avoid: readonly number[] = []) =>
  reduce((draw, shape) => draw.reals(shape, low, high, avoid))

/** Some elements exactly 0, so that products of the others count. */
const withZeros = reduce((draw, shape) => {
  const x = draw.reals(shape, 0.4, 1.6)
  const data = (x.data as Float32Array).map(value => (draw.chance(0.2) ? 0 : value))
  return { ...x, data }
})

const distinct = reduce((draw, shape) => draw.distinct(shape))

export const reductionCases: Cases = {
  ReduceSum: between(-2, 2),
  ReduceMean: between(-2, 2),
  ReduceMax: distinct,
  ReduceMin: distinct,
  ReduceProd: withZeros,
  ReduceL1: between(-2, 2, [0]),
  ReduceL2: between(-2, 2, [0]),
  ReduceSumSquare: between(-2, 2),
  ReduceLogSum: between(0.3, 2),
  ReduceLogSumExp: between(-2, 2),
}
