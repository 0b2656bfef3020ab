import { reducedAxes } from '../../src/onnx/index.js'
import { type Call, eachIndex, type Kernel, type Kernels, offset, sum, withAxis } from './call.js'

/** The elements that fall together when the axes are reduced, one list an output element. */
function groups(call: Call, axes: readonly number[]): number[][] {
  const { shape, data } = call.value(0)
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  const lists: number[][] = Array.from({ length: kept.reduce((a, b) => a * b, 1) }, () => [])
  eachIndex(shape, (index, flat) => {
    lists[
      offset(
        index.map((i, axis) => (axes.includes(axis) ? 0 : i)),
        kept,
      )
    ].push(data[flat])
  })
  return lists
}

const reduce =
  (f: (values: number[]) => number): Kernel =>
  call => {
    const axes = reducedAxes(call)
    return [Float64Array.from(groups(call, axes), f)]
  }

/** log sum exp, shifted by the largest value so that nothing overflows. */
function logSumExp(values: number[]): number {
  const top = Math.max(...values)
  return Number.isFinite(top) ? top + Math.log(sum(values.map(v => Math.exp(v - top)))) : top
}

const squares = (values: number[]) => sum(values.map(v => v * v))

/** Applies a function from vector to vector along one axis. */
const alongAxis =
  (otherwise: number, f: (values: number[], call: Call) => number[]): Kernel =>
  call => {
    const { shape, data } = call.value(0)
    const axis = call.axis(call.int('axis', otherwise), shape.length)
    const out = new Float64Array(data.length)
    eachIndex(withAxis(shape, axis, 1), index => {
      const places = Array.from({ length: shape[axis] }, (_, i) =>
        offset(withAxis(index, axis, i), shape),
      )
      const values = f(
        places.map(place => data[place]),
        call,
      )
      for (const [i, place] of places.entries()) out[place] = values[i]
    })
    return [out]
  }

function logSoftmax(values: number[]): number[] {
  const total = logSumExp(values)
  return values.map(v => v - total)
}

function lpNormalize(values: number[], call: Call): number[] {
  const p = call.int('p', 2)
  const norm = p === 1 ? sum(values.map(Math.abs)) : Math.sqrt(squares(values))
  return values.map(v => (norm === 0 ? 0 : v / norm))
}

function hardmax(values: number[]): number[] {
  const best = values.indexOf(Math.max(...values))
  return values.map((_, i) => Number(i === best))
}

const argument =
  (pick: (values: number[]) => number): Kernel =>
  call => {
    const axis = call.axis(call.int('axis', 0), call.shape(0).length)
    const last = call.int('select_last_index', 0) === 1
    return [
      Float64Array.from(groups(call, [axis]), values => {
        const value = pick(values)
        return last ? values.lastIndexOf(value) : values.indexOf(value)
      }),
    ]
  }

/** Values by size; of equal ones the lower index comes first. */
const topK: Kernel = call => {
  const { shape, data } = call.value(0)
  const axis = call.axis(call.int('axis', -1), shape.length)
  const sign = call.int('largest', 1) ? -1 : 1
  const kept = call.outputs[0].shape
  const [values, indices] = [call.fill(() => 0), call.fill(() => 0)]
  eachIndex(withAxis(shape, axis, 1), index => {
    const at = (i: number) => data[offset(withAxis(index, axis, i), shape)]
    const order = [...Array(shape[axis]).keys()].sort((a, b) => sign * (at(a) - at(b)) || a - b)
    for (const [rank, i] of order.slice(0, kept[axis]).entries()) {
      const place = offset(withAxis(index, axis, rank), kept)
      values[place] = at(i)
      indices[place] = i
    }
  })
  return [values, indices]
}

export const reduction: Kernels = {
  ArgMax: argument(values => Math.max(...values)),
  ArgMin: argument(values => Math.min(...values)),
  Hardmax: alongAxis(-1, hardmax),
  LogSoftmax: alongAxis(-1, logSoftmax),
  LpNormalization: alongAxis(-1, lpNormalize),
  ReduceL1: reduce(values => sum(values.map(Math.abs))),
  ReduceL2: reduce(values => Math.sqrt(squares(values))),
  ReduceLogSum: reduce(values => Math.log(sum(values))),
  ReduceLogSumExp: reduce(logSumExp),
  ReduceMax: reduce(values => Math.max(...values)),
  ReduceMean: reduce(values => sum(values) / values.length),
  ReduceMin: reduce(values => Math.min(...values)),
  ReduceProd: reduce(values => values.reduce((a, b) => a * b, 1)),
  ReduceSum: reduce(sum),
  ReduceSumSquare: reduce(squares),
  Softmax: alongAxis(-1, values => logSoftmax(values).map(Math.exp)),
  TopK: topK,
}
