import { int64Tensor, type Tensor, tensor } from '../../../src/base/index.js'
import { int, text } from '../../../src/onnx/index.js'
import type { Case, CaseMaker, Cases } from '../case.js'
import type { Draw } from '../draw.js'

/** Indices known when the graph is built, or fed when it runs. */
const knownOrFed = (draw: Draw, index = 1): Pick<Case, 'constants'> => ({
  constants: draw.pick([], [index]),
})

/** Scalars, runs and any order; int32 and int64; counted from either end. */
const gather: CaseMaker = (draw, index) => {
  const shape = draw.shape(draw.int(1, 3), 5)
  const axis = draw.axis(shape.length)
  const size = shape.at(axis)!
  const wide = draw.indices(draw.shape(draw.int(0, 2), 3), -size, size)
  const run = int64Tensor(Array.from({ length: size }, (_, i) => size - 1 - i))
  const narrow = tensor('int32', wide.shape, Int32Array.from(wide.data as BigInt64Array, Number))
  const indices = index % 5 === 0 ? run : draw.pick(wide, narrow)
  return {
    inputs: [draw.reals(shape), indices],
    attributes: { axis: int(axis) },
    ...knownOrFed(draw),
  }
}

/** A shape no larger than `shape` away from the axis, and any size along it. */
function shapeAlong(draw: Draw, shape: readonly number[], axis: number, most: number): number[] {
  const at = axis < 0 ? axis + shape.length : axis
  return shape.map((size, i) => draw.int(1, i === at ? most : size))
}

const gatherElements: CaseMaker = draw => {
  const shape = draw.shape(draw.int(1, 3))
  const axis = draw.axis(shape.length)
  const size = shape.at(axis)!
  const indices = draw.indices(shapeAlong(draw, shape, axis, 4), -size, size)
  return {
    inputs: [draw.reals(shape), indices],
    attributes: { axis: int(axis) },
    ...knownOrFed(draw),
  }
}

/** Tuples of indices into the axes of `shape` from `first` on. */
function tuples(draw: Draw, lead: readonly number[], sizes: readonly number[]): Tensor {
  const count = lead.reduce((product, size) => product * size, 1)
  const rows = Array.from({ length: count }, () => sizes.map(size => draw.int(-size, size - 1)))
  return int64Tensor(rows.flat(), [...lead, sizes.length])
}

const gatherND: CaseMaker = draw => {
  const shape = draw.shape(draw.int(2, 4), 3)
  const batchAxes = draw.int(0, Math.min(2, shape.length - 1))
  const depth = draw.int(1, shape.length - batchAxes)
  const lead = [...shape.slice(0, batchAxes), ...draw.shape(draw.int(0, 1), 3)]
  const indices = tuples(draw, lead, shape.slice(batchAxes, batchAxes + depth))
  const attributes = { batch_dims: int(batchAxes) }
  return { inputs: [draw.reals(shape), indices], attributes, ...knownOrFed(draw) }
}

const reductions = ['none', 'add', 'mul', 'max', 'min']

/** Data and updates, no two nearly equal; a few zeros where they are multiplied. */
function written(draw: Draw, shapes: readonly (readonly number[])[], reduction: string): Tensor[] {
  const sizes = shapes.map(shape => shape.reduce((product, size) => product * size, 1))
  const all = draw.distinct([sizes[0] + sizes[1]], 0.05).data as Float32Array
  const data = reduction === 'mul' ? all.map(x => (draw.chance(0.1) ? 0 : x)) : all
  return [
    tensor('float32', shapes[0], data.slice(0, sizes[0])),
    tensor('float32', shapes[1], data.slice(sizes[0])),
  ]
}

const scatterElements: CaseMaker = (draw, index) => {
  const reduction = reductions[index % 5]
  const shape = draw.shape(draw.int(1, 3))
  const axis = draw.axis(shape.length)
  const at = axis < 0 ? axis + shape.length : axis
  const most = reduction === 'none' ? shape[at] : 4
  const target = shapeAlong(draw, shape, axis, most)
  const indices =
    reduction === 'none'
      ? onceAlong(draw, target, at, shape[at])
      : draw.indices(target, -shape[at], shape[at])
  const [data, updates] = written(draw, [shape, target], reduction)
  const attributes = { axis: int(axis), reduction: text(reduction) }
  return { inputs: [data, indices, updates], attributes, ...knownOrFed(draw) }
}

/** Indices of which no two along the axis are equal: writing twice has no defined result. */
function onceAlong(draw: Draw, shape: readonly number[], axis: number, size: number): Tensor {
  const after = shape.slice(axis + 1).reduce((product, own) => product * own, 1)
  const count = shape.reduce((product, own) => product * own, 1)
  const orders = new Map<number, number[]>()
  const values = Array.from({ length: count }, (_, place) => {
    const along = Math.floor(place / after) % shape[axis]
    const line = Math.floor(place / (after * shape[axis])) * after + (place % after)
    if (!orders.has(line)) orders.set(line, draw.permutation(size))
    return orders.get(line)![along]
  })
  return int64Tensor(values, shape)
}

const scatterND: CaseMaker = (draw, index) => {
  const reduction = reductions[index % 5]
  const shape = draw.shape(draw.int(1, 3))
  const depth = draw.int(1, shape.length)
  const places = shape.slice(0, depth).reduce((product, size) => product * size, 1)
  const count = reduction === 'none' ? draw.int(1, places) : draw.int(1, 4)
  const flat =
    reduction === 'none'
      ? draw.permutation(places).slice(0, count)
      : Array.from({ length: count }, () => draw.int(0, places - 1))
  const rows = flat.flatMap(place => coordinates(place, shape.slice(0, depth)))
  const indices = int64Tensor(rows, [count, depth])
  const [data, updates] = written(draw, [shape, [count, ...shape.slice(depth)]], reduction)
  const attributes = { reduction: text(reduction) }
  return { inputs: [data, indices, updates], attributes, ...knownOrFed(draw) }
}

function coordinates(place: number, shape: readonly number[]): number[] {
  return shape.reduceRight<{ rest: number; at: number[] }>(
    ({ rest, at }, size) => ({ rest: Math.floor(rest / size), at: [rest % size, ...at] }),
    { rest: place, at: [] },
  ).at
}

const hot: CaseMaker = draw => {
  const shape = draw.shape(draw.int(1, 3))
  const depth = draw.int(1, 4)
  const indices = draw.indices(shape, -depth, depth + 1)
  const attributes = { axis: int(draw.axis(shape.length + 1)) }
  const inputs = [indices, int64Tensor([depth]), draw.reals([2])]
  return { inputs, attributes, constants: draw.pick([1], [0, 1]) }
}

export const gatherCases: Cases = {
  OneHot: hot,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
}
