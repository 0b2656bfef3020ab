import { sizeOf, stridesOf, tensor } from '../base/index.js'
import { int, intOf, intsOf, Site } from '../onnx/index.js'
import { pad, slice } from './place.js'
import { linear, type Row, rule } from './rule.js'

/** Operators on images that are neither windows nor plain movement; all are linear. */

// y = grid of positions (x, y, 1) times theta': dtheta = dy' grid
const AffineGrid = linear(({ b, node, x, dy, reshape, transpose }) => {
  const shape = b.shape(dy).slice(1, -1)
  const points = sizeOf(shape)
  const [batch, axes] = b.shape(x)
  const grid = homogeneousGrid(shape, intOf(node, 'align_corners', 0) === 1)
  const constant = b.constant(tensor('float32', [points, axes + 1], grid), 'grid')
  return b.emit('MatMul', [transpose(reshape(dy, [batch, points, axes]), [0, 2, 1]), constant])
})

/** For every point of a grid its coordinates in [-1, 1], the last axis first, and a 1. */
function homogeneousGrid(shape: readonly number[], corners: boolean): Float32Array {
  const strides = stridesOf(shape)
  const rows = Array.from({ length: sizeOf(shape) }, (_, point) => [
    ...shape
      .map((size, axis) => coordinate(Math.floor(point / strides[axis]) % size, size, corners))
      .reverse(),
    1,
  ])
  return Float32Array.from(rows.flat())
}

function coordinate(i: number, size: number, corners: boolean): number {
  if (corners) return size === 1 ? -1 : (2 * i) / (size - 1) - 1
  return (2 * i + 1) / size - 1
}

// y = blocks x added up where they lie: dx = the blocks read from dy again
const Col2Im = linear(({ b, node, x, dy, reshape }) => {
  const site = new Site(node, b)
  const block = site.numbers(2, 'block_shape') ?? []
  const each = (value: number) => block.map(() => value)
  const pads = intsOf(node, 'pads', [...each(0), ...each(0)])
  const [before, after] = [pads.slice(0, block.length), pads.slice(block.length)]
  const framed = pad(b, dy, [0, 0, ...before], [0, 0, ...after])
  const [batch, channels, ...frame] = b.shape(framed)
  const dilations = intsOf(node, 'dilations', each(1))
  const strides = intsOf(node, 'strides', each(1))
  const places = blockPlaces(frame, { block, dilations, strides })
  const flat = reshape(framed, [batch, channels, sizeOf(frame)])
  const indices = b.ints(places)
  return reshape(b.emit('Gather', [flat, indices], { axis: int(2) }), b.shape(x))
})

interface Blocks {
  readonly block: readonly number[]
  readonly dilations: readonly number[]
  readonly strides: readonly number[]
}

/** Where each element of each block lies in the flat frame: element by element, block by block. */
function blockPlaces(frame: readonly number[], { block, dilations, strides }: Blocks): number[] {
  const counts = frame.map((size, axis) => {
    const extent = (block[axis] - 1) * dilations[axis] + 1
    return Math.floor((size - extent) / strides[axis]) + 1
  })
  const steps = stridesOf(frame)
  const offsets = (shape: readonly number[], step: readonly number[]) =>
    shape.reduce<number[]>(
      (places, size, axis) =>
        places.flatMap(place =>
          Array.from({ length: size }, (_, i) => place + i * step[axis] * steps[axis]),
        ),
      [0],
    )
  const starts = offsets(counts, strides)
  return offsets(block, dilations).flatMap(inside => starts.map(start => start + inside))
}

// y = x at the places the pool took it from, zeros elsewhere: dx = dy at those places
const MaxUnpool = rule(({ b, node, x, dy, reshape }) => {
  const [, indices] = node.inputs
  const own = unpooledShape(b.shape(x), {
    kernel: intsOf(node, 'kernel_shape', []),
    strides: intsOf(node, 'strides', undefined),
    pads: intsOf(node, 'pads', undefined),
  })
  const cropped = own.reduce((part, size, axis) => slice(b, part, axis, 0, size), dy)
  return [b.emit('Gather', [reshape(cropped, [sizeOf(own)]), indices])]
})

/** The shape that was pooled, as far as the window tells: places are counted in it. */
function unpooledShape(
  shape: readonly number[],
  window: { kernel: readonly number[]; strides?: readonly number[]; pads?: readonly number[] },
): number[] {
  const {
    kernel,
    strides = kernel.map(() => 1),
    pads = [...kernel, ...kernel].map(() => 0),
  } = window
  const spatial = kernel.map(
    (size, i) => (shape[i + 2] - 1) * strides[i] + size - pads[i] - pads[i + kernel.length],
  )
  return [...shape.slice(0, 2), ...spatial]
}

export const spatialRules = { AffineGrid, Col2Im, MaxUnpool } satisfies Record<string, Row>
