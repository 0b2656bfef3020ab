import { sizeOf, stridesOf, type Tensor, toNumbers } from '../../base/index.js'
import { padAmounts, sliceRanges } from '../infer/movement.js'
import type { ConstantCall, FoldRule, FoldRules } from './rule.js'
import { blank, broadcastStrides, type Cells, readStrided, reshaped, walk } from './strided.js'

const sameElements: FoldRule = call => [reshaped(call.input(0), call.outputs[0].shape)]

const transpose: FoldRule = call => {
  const x = call.input(0)
  const order = call.ints('perm', [...x.shape.keys()].reverse())
  const strides = stridesOf(x.shape)
  return [
    readStrided(
      x,
      call.outputs[0].shape,
      order.map(axis => strides[axis]),
    ),
  ]
}

const slice: FoldRule = call => {
  const x = call.input(0)
  const strides = stridesOf(x.shape)
  let start = 0
  for (const range of sliceRanges(call)) {
    start += range.start * strides[range.axis]
    strides[range.axis] *= range.step
  }
  return [readStrided(x, call.outputs[0].shape, strides, start)]
}

const split: FoldRule = call => {
  const x = call.input(0)
  const axis = call.axis(call.int('axis', 0), x.shape.length)
  const strides = stridesOf(x.shape)
  let start = 0
  return call.outputs.map(({ shape }) => {
    const part = readStrided(x, shape, strides, start)
    start += shape[axis] * strides[axis]
    return part
  })
}

const expand: FoldRule = call => {
  const x = call.input(0)
  const { shape } = call.outputs[0]
  return [readStrided(x, shape, broadcastStrides(x.shape, shape))]
}

/** Tile reads every axis as two: the repeats, which stand still, and the axis itself. */
const tile: FoldRule = call => {
  const x = call.input(0)
  const repeats = toNumbers(call.input(1))
  const strides = stridesOf(x.shape)
  const doubled = readStrided(
    x,
    x.shape.flatMap((size, axis) => [repeats[axis], size]),
    strides.flatMap(stride => [0, stride]),
  )
  return [reshaped(doubled, call.outputs[0].shape)]
}

const concat: FoldRule = call => {
  const parts = call.node.inputs.map((_, i) => call.input(i))
  const { shape } = call.outputs[0]
  const axis = call.axis(call.int('axis', 1), shape.length)
  const { tensor, cells } = blank(parts[0], shape)
  const strides = stridesOf(shape)
  let start = 0
  for (const part of parts) {
    const from = part.data as Cells
    walk(part.shape, strides, start, (flat, offset) => {
      cells[offset] = from[flat]
    })
    start += part.shape[axis] * strides[axis]
  }
  return [tensor]
}

/** An index counted from either end; throws where it points outside. */
function indexIn(call: ConstantCall, index: number, size: number): number {
  const at = index < 0 ? index + size : index
  if (at < 0 || at >= size) call.fail(`an index below ${size}`, index)
  return at
}

const gather: FoldRule = call => {
  const x = call.input(0)
  const axis = call.axis(call.int('axis', 0), x.shape.length)
  const [count, inner] = [x.shape[axis], sizeOf(x.shape.slice(axis + 1))]
  const places = toNumbers(call.input(1)).map(index => indexIn(call, index, count))
  const { tensor, cells } = blank(x, call.outputs[0].shape)
  const from = x.data as Cells
  let to = 0
  for (let outer = 0; outer < sizeOf(x.shape.slice(0, axis)); outer++)
    for (const place of places)
      for (let i = 0; i < inner; i++) cells[to++] = from[(outer * count + place) * inner + i]
  return [tensor]
}

/** The flat place in `shape` that an element of `indices` names along one axis. */
function elementPlaces(call: ConstantCall, shape: readonly number[], indices: Tensor): number[] {
  const axis = call.axis(call.int('axis', 0), shape.length)
  const strides = stridesOf(shape)
  const picked = toNumbers(indices)
  const places = new Array<number>(picked.length)
  const others = strides.map((stride, a) => (a === axis ? 0 : stride))
  walk(indices.shape, others, 0, (flat, offset) => {
    places[flat] = offset + indexIn(call, picked[flat], shape[axis]) * strides[axis]
  })
  return places
}

const gatherElements: FoldRule = call => {
  const x = call.input(0)
  const places = elementPlaces(call, x.shape, call.input(1))
  const { tensor, cells } = blank(x, call.outputs[0].shape)
  for (const [to, at] of places.entries()) cells[to] = (x.data as Cells)[at]
  return [tensor]
}

const scatterElements: FoldRule = call => {
  if (call.text('reduction', 'none') !== 'none') return []
  const [x, updates] = [call.input(0), call.input(2)]
  const { tensor, cells } = blank(x, x.shape)
  for (let i = 0; i < x.data.length; i++) cells[i] = x.data[i]
  for (const [from, at] of elementPlaces(call, x.shape, call.input(1)).entries())
    cells[at] = updates.data[from]
  return [tensor]
}

/** Where the blocks that index tuples name begin, and how long they are. */
function blocks(call: ConstantCall, shape: readonly number[], indices: Tensor, batch: number) {
  const depth = indices.shape[indices.shape.length - 1]
  const strides = stridesOf(shape)
  const tuples = toNumbers(indices)
  const perBatch = sizeOf(indices.shape.slice(batch, -1))
  const starts = Array.from({ length: sizeOf(indices.shape.slice(0, -1)) }, (_, row) => {
    let at = Math.floor(row / perBatch) * (batch ? strides[batch - 1] : 0)
    for (let k = 0; k < depth; k++)
      at += indexIn(call, tuples[row * depth + k], shape[batch + k]) * strides[batch + k]
    return at
  })
  return { starts, length: sizeOf(shape.slice(batch + depth)) }
}

const gatherND: FoldRule = call => {
  const x = call.input(0)
  const { starts, length } = blocks(call, x.shape, call.input(1), call.int('batch_dims', 0))
  const { tensor, cells } = blank(x, call.outputs[0].shape)
  for (const [row, start] of starts.entries())
    for (let i = 0; i < length; i++) cells[row * length + i] = x.data[start + i]
  return [tensor]
}

const scatterND: FoldRule = call => {
  if (call.text('reduction', 'none') !== 'none') return []
  const [x, updates] = [call.input(0), call.input(2)]
  const { starts, length } = blocks(call, x.shape, call.input(1), 0)
  const { tensor, cells } = blank(x, x.shape)
  for (let i = 0; i < x.data.length; i++) cells[i] = x.data[i]
  for (const [row, start] of starts.entries())
    for (let i = 0; i < length; i++) cells[start + i] = updates.data[row * length + i]
  return [tensor]
}

/** Constant padding; the other modes are left to the runtime. */
const pad: FoldRule = call => {
  if (call.text('mode', 'constant') !== 'constant') return []
  const x = call.input(0)
  const { before, after } = padAmounts(call)
  if ([...before, ...after].some(amount => amount < 0)) return []
  const { tensor, cells } = blank(x, call.outputs[0].shape)
  if (call.has(2)) for (let i = 0; i < cells.length; i++) cells[i] = call.input(2).data[0]
  else if (call.float('value', 0) !== 0) return []
  const strides = stridesOf(tensor.shape)
  const start = before.reduce((sum, amount, axis) => sum + amount * strides[axis], 0)
  walk(x.shape, strides, start, (flat, offset) => {
    cells[offset] = x.data[flat]
  })
  return [tensor]
}

const trilu: FoldRule = call => {
  const x = call.input(0)
  const k = call.has(1) ? toNumbers(call.input(1))[0] : 0
  const upper = call.int('upper', 1) === 1
  const [rows, columns] = x.shape.slice(-2)
  const { tensor, cells } = blank(x, x.shape)
  for (let i = 0; i < cells.length; i++) {
    const distance = (i % columns) - (Math.floor(i / columns) % rows)
    if (upper ? distance >= k : distance <= k) cells[i] = x.data[i]
  }
  return [tensor]
}

const where: FoldRule = call => {
  const { shape } = call.outputs[0]
  const [condition, yes, no] = [0, 1, 2].map(i => {
    const value = call.input(i)
    return readStrided(value, shape, broadcastStrides(value.shape, shape))
  })
  const { tensor, cells } = blank(yes, shape)
  for (let i = 0; i < cells.length; i++) cells[i] = (condition.data[i] ? yes : no).data[i]
  return [tensor]
}

export const movementFolds: FoldRules = {
  Concat: concat,
  Expand: expand,
  Flatten: sameElements,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Identity: sameElements,
  Pad: pad,
  Reshape: sameElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Slice: slice,
  Split: split,
  Squeeze: sameElements,
  Tile: tile,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: sameElements,
  Where: where,
}
