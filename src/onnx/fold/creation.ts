import { float32Tensor, int64Tensor, sizeOf, type Tensor, tensor } from '../../base/index.js'
import type { Node } from '../graph.js'
import { asNumbers, fromNumbers } from './numbers.js'
import type { FoldRule, FoldRules } from './rule.js'
import { blank } from './strided.js'

/** The tensor of a `Constant` node, whatever attribute holds it; undefined for a sparse one. */
export function constantOf(node: Node): Tensor | undefined {
  const [name, attribute] =
    Object.entries(node.attributes).find(([key]) => key.startsWith('value')) ?? []
  switch (attribute?.type) {
    case 'tensor':
      return attribute.value
    case 'int':
      return int64Tensor([attribute.value], [])
    case 'float':
      return float32Tensor([attribute.value], [])
    case 'string':
      return tensor('string', [], [attribute.value])
    case 'ints':
      // A list without elements does not tell its type: the attribute's name does.
      return name === 'value_floats' ? float32Tensor([], [0]) : int64Tensor(attribute.value)
    case 'floats':
      return float32Tensor(attribute.value, [attribute.value.length])
    case 'strings':
      return tensor('string', [attribute.value.length], attribute.value)
    default:
      return undefined
  }
}

const shapeOf: FoldRule = call => {
  const { shape } = call.type(0)
  const bound = (value: number) =>
    Math.min(Math.max(value < 0 ? value + shape.length : value, 0), shape.length)
  const [start, end] = [call.int('start', 0), call.int('end', shape.length)].map(bound)
  return [int64Tensor(shape.slice(start, Math.max(start, end)))]
}

const constantOfShape: FoldRule = call => {
  const value = call.attribute('value')
  const filled = value?.type === 'tensor' ? value.value : float32Tensor([0], [1])
  const { tensor: out, cells } = blank(filled, call.outputs[0].shape)
  for (let i = 0; i < cells.length; i++) cells[i] = filled.data[0]
  return [out]
}

const range: FoldRule = call => {
  const [start, , delta] = [0, 1, 2].map(i => asNumbers(call.input(i))[0])
  const { dtype, shape } = call.outputs[0]
  return [
    fromNumbers(
      dtype,
      shape,
      Float64Array.from({ length: shape[0] }, (_, i) => start + i * delta),
    ),
  ]
}

const oneHot: FoldRule = call => {
  const indices = asNumbers(call.input(0))
  const depth = asNumbers(call.input(1))[0]
  const values = call.input(2)
  const { shape } = call.outputs[0]
  const axis = call.axis(call.int('axis', -1), shape.length)
  const inner = sizeOf(shape.slice(axis + 1))
  const { tensor: out, cells } = blank(values, shape)
  for (let i = 0; i < cells.length; i++) {
    const index = indices[Math.floor(i / (inner * depth)) * inner + (i % inner)]
    const hot = (index < 0 ? index + depth : index) === Math.floor(i / inner) % depth
    cells[i] = values.data[hot ? 1 : 0]
  }
  return [out]
}

/** One column an element that is not zero, in row-major order. */
const nonZero: FoldRule = call => {
  const x = call.input(0)
  const places = [...asNumbers(x).keys()].filter(i => asNumberAt(x, i) !== 0)
  const rows = x.shape.map((size, axis) => {
    const step = sizeOf(x.shape.slice(axis + 1))
    return places.map(place => Math.floor(place / step) % size)
  })
  return [int64Tensor(rows.flat(), [x.shape.length, places.length])]
}

const asNumberAt = (x: Tensor, i: number) => Number(x.data[i])

const eyeLike: FoldRule = call => {
  const { dtype, shape } = call.outputs[0]
  const k = call.int('k', 0)
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    Number((i % shape[1]) - Math.floor(i / shape[1]) === k),
  )
  return [fromNumbers(dtype, shape, values)]
}

export const creationFolds: FoldRules = {
  Constant: call => [constantOf(call.node)],
  ConstantOfShape: constantOfShape,
  EyeLike: eyeLike,
  NonZero: nonZero,
  OneHot: oneHot,
  Range: range,
  Shape: shapeOf,
  Size: call => [int64Tensor([sizeOf(call.shape(0))], [])],
}
