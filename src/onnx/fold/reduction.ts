import { stridesOf } from '../../base/index.js'
import { reducedAxes } from '../infer/reduction.js'
import { areExact, asNumbers, fromNumbers } from './numbers.js'
import type { ConstantCall, FoldRule, FoldRules } from './rule.js'
import { walk } from './strided.js'

/** Folds the elements over `axes` into accumulators, which start at `start`. */
function accumulate(
  call: ConstantCall,
  axes: readonly number[],
  start: number,
  f: (total: number, value: number) => number,
) {
  const x = call.input(0)
  const values = asNumbers(x)
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride))
  const totals = new Float64Array(kept.reduce((a, b) => a * b, 1)).fill(start)
  walk(x.shape, strides, 0, (flat, to) => {
    totals[to] = f(totals[to], values[flat])
  })
  return { totals, count: values.length / totals.length, exact: areExact(x.dtype, values) }
}

const reduce =
  (
    start: number,
    f: (total: number, value: number) => number,
    finish: (total: number, count: number) => number = total => total,
  ): FoldRule =>
  call => {
    const { totals, count, exact } = accumulate(call, reducedAxes(call), start, f)
    if (!exact) return []
    const { dtype, shape } = call.outputs[0]
    return [
      fromNumbers(
        dtype,
        shape,
        totals.map(total => finish(total, count)),
      ),
    ]
  }

export const reductionFolds: FoldRules = {
  ReduceL1: reduce(0, (total, value) => total + Math.abs(value)),
  ReduceL2: reduce(0, (total, value) => total + value * value, Math.sqrt),
  ReduceLogSum: reduce(0, (total, value) => total + value, Math.log),
  ReduceMax: reduce(-Infinity, Math.max),
  ReduceMean: reduce(
    0,
    (total, value) => total + value,
    (total, count) => total / count,
  ),
  ReduceMin: reduce(Infinity, Math.min),
  ReduceProd: reduce(1, (total, value) => total * value),
  ReduceSum: reduce(0, (total, value) => total + value),
  ReduceSumSquare: reduce(0, (total, value) => total + value * value),
}
