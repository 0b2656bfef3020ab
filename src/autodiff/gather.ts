import { normalizeAxis, sizeOf, stridesOf, toNumbers } from '../base/index.js'
import { type Builder, dataTypeCodes, int, intOf, type Node, text, textOf } from '../onnx/index.js'
import { oneHot } from './one-hot.js'
import { placeRuns, runsOf, zeros } from './place.js'
import { axisOf, type Gradients, linear, type Row, rule, type Scope } from './rule.js'

/** Operators that read or write at indices: what was read receives, what was written gives. */

/** At most so many progressions of constant indices are put back one by one, without a scatter. */
const fewRuns = 3

// y = x[indices] along an axis: dx = dy added up at the indices
const Gather = rule(({ b, node, x, dy, reshape, transpose }) => {
  const [shape, indices] = [b.shape(x), node.inputs[1]]
  const axis = axisOf(b, node, 0)
  const count = sizeOf(b.shape(indices))
  if (count === 0) return []
  const flat = reshape(dy, [...shape.slice(0, axis), count, ...shape.slice(axis + 1)])
  const known = b.tensor(indices)
  const runs = known && runsOf(toNumbers(known).map(i => (i < 0 ? i + shape[axis] : i)))
  if (runs && runs.length <= fewRuns) return [placeRuns(b, flat, axis, shape[axis], runs)]
  const axisFirst = [axis, ...shape.flatMap((_, i) => (i === axis ? [] : [i]))]
  const updates = transpose(flat, axisFirst)
  const target = { dtype: b.dtype(x), shape: axisFirst.map(i => shape[i]) }
  const at = reshape(int64(b, indices), [count, 1])
  const sum = scatterND(b, zeros(b, target), at, updates, 'add')
  const back = axisFirst.map((_, i) => axisFirst.indexOf(i))
  return [transpose(sum, back)]
})

/** Indices as ScatterND takes them. */
const int64 = (b: Builder, indices: string) =>
  b.dtype(indices) === 'int64'
    ? indices
    : b.emit('Cast', [indices], { to: int(dataTypeCodes.int64) })

const scatterND = (b: Builder, data: string, at: string, updates: string, reduction: string) =>
  b.emit('ScatterND', [data, at, updates], { reduction: text(reduction) })

/** Reading and writing at the same places: the two halves of every rule below. */
interface Places {
  gather(data: string): string
  scatter(data: string, updates: string, reduction: string): string
}

/** y[i] = x[indices[i], ...] along one axis, and its writing twin. */
function alongAxis(b: Builder, node: Node): Places {
  const attributes = { axis: int(axisOf(b, node, 0)) }
  const [, indices] = node.inputs
  return {
    gather: data => b.emit('GatherElements', [data, indices], attributes),
    scatter: (data, updates, reduction) => {
      const mode = { ...attributes, reduction: text(reduction) }
      return b.emit('ScatterElements', [data, indices, updates], mode)
    },
  }
}

/** Whole slices at tuples of indices, the last axis of `indices`. */
function atTuples(b: Builder, indices: string): Places {
  return {
    gather: data => b.emit('GatherND', [data, indices]),
    scatter: (data, updates, reduction) => scatterND(b, data, indices, updates, reduction),
  }
}

// dx = dy added up at the places read
const read = ({ b, x, dy }: Scope, places: Places): string =>
  places.scatter(zeros(b, b.type(x)), dy, 'add')

/** The indices of GatherND with those of its batch axes put in front. */
function wholeTuples(b: Builder, node: Node): string {
  const [, indices] = node.inputs
  const batchAxes = intOf(node, 'batch_dims', 0)
  if (batchAxes === 0) return indices
  const shape = b.shape(indices)
  const strides = stridesOf(shape.slice(0, batchAxes))
  const rest = sizeOf(shape.slice(batchAxes, -1))
  const count = sizeOf(shape.slice(0, -1))
  const own = Array.from({ length: count }, (_, place) =>
    strides.map((stride, axis) => Math.floor(Math.floor(place / rest) / stride) % shape[axis]),
  )
  const grid = b.emit('Reshape', [b.ints(own.flat()), b.ints([...shape.slice(0, -1), batchAxes])])
  return b.emit('Concat', [grid, indices], { axis: int(-1) })
}

/** y = data with updates written, added, multiplied or compared in at some places. */
function written(scope: Scope, places: Places): Gradients {
  const { b, node, dy } = scope
  const reduction = textOf(node, 'reduction', 'none')
  // every place once: ddata = dy but for the places written, du = dy there
  if (reduction === 'none')
    return [
      places.scatter(dy, zeros(b, b.type(node.inputs[2])), 'none'),
      undefined,
      places.gather(dy),
    ]
  // y = data + sum of u: ddata = dy, du = dy at the places
  if (reduction === 'add') return [dy, undefined, places.gather(dy)]
  return reduction === 'mul' ? multiplied(scope, places) : compared(scope, places)
}

/**
 * y = data times all u of the place: each factor's gradient is dy times the other factors. With
 * f = factors where 0 is replaced by 1: dy (product of f) / f_i where no other factor is 0, else 0.
 */
function multiplied(
  { b, node, x, dy, mul, div, add, sub, equal }: Scope,
  places: Places,
): Gradients {
  const [, , updates] = node.inputs
  const zero = b.scalar(0, b.dtype(x))
  const [noData, noUpdate] = [equal(x, zero), equal(updates, zero)]
  const [data, factor] = [add(x, noData), add(updates, noUpdate)]
  const all = mul(dy, places.scatter(data, factor, 'mul'))
  const zerosThere = places.scatter(noData, noUpdate, 'add')
  const ddata = mul(div(all, data), equal(sub(zerosThere, noData), zero))
  const others = sub(places.gather(zerosThere), noUpdate)
  return [ddata, undefined, mul(div(places.gather(all), factor), equal(others, zero))]
}

/** y = largest or smallest of data and all u of the place: those equal to y share dy. */
function compared({ node, x, y, dy, mul, div, equal }: Scope, places: Places): Gradients {
  const [, , updates] = node.inputs
  const [byData, byUpdate] = [equal(x, y), equal(updates, places.gather(y))]
  const part = div(dy, places.scatter(byData, byUpdate, 'add'))
  return [mul(part, byData), undefined, mul(places.gather(part), byUpdate)]
}

// y = off + (on - off) h, h = one-hot(indices): dvalues = [sum of dy (1 - h), sum of dy h]
const OneHot = rule(({ b, node, dy, mul, sub, sum, reshape }) => {
  const axis = normalizeAxis(intOf(node, 'axis', -1), b.shape(dy).length)
  const h = oneHot(b, node.inputs[0], b.shape(dy)[axis], axis, b.dtype(dy))
  const total = (value: string) => reshape(sum(value, [...b.shape(dy).keys()]), [1])
  const on = total(mul(dy, h))
  return [undefined, undefined, b.emit('Concat', [sub(total(dy), on), on], { axis: int(0) })]
})

export const gatherRules = {
  OneHot,
  Gather,
  // y[i] = x[indices[i]] along an axis
  GatherElements: linear(scope => read(scope, alongAxis(scope.b, scope.node))),
  // y = slices of x at tuples of indices
  GatherND: linear(scope => read(scope, atTuples(scope.b, wholeTuples(scope.b, scope.node)))),
  ScatterElements: rule(scope => written(scope, alongAxis(scope.b, scope.node))),
  ScatterND: rule(scope => written(scope, atTuples(scope.b, scope.node.inputs[1]))),
} satisfies Record<string, Row>
