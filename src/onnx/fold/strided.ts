import { sizeOf, stridesOf, type Tensor, type TensorData, zeros } from '../../base/index.js'

/** Element storage seen without its type: elements are only moved, never looked at. */
export interface Cells {
  readonly length: number
  [index: number]: unknown
}

/** A tensor of the same element type whose elements are still to be set. */
export function blank(like: Tensor, shape: readonly number[]): { tensor: Tensor; cells: Cells } {
  const tensor = zeros(like.dtype, shape)
  return { tensor, cells: tensor.data as Cells }
}

/** The same elements under another shape. */
export function reshaped(source: Tensor, shape: readonly number[]): Tensor {
  return { dtype: source.dtype, shape, data: source.data as TensorData[typeof source.dtype] }
}

/**
 * Copies the elements found by walking `strides` (in elements, 0 repeats, negative goes back) from
 * `start`: transposing, slicing, broadcasting and splitting are this with different strides.
 */
export function readStrided(
  source: Tensor,
  shape: readonly number[],
  strides: readonly number[],
  start = 0,
): Tensor {
  const { tensor, cells } = blank(source, shape)
  const from = source.data as Cells
  walk(shape, strides, start, (to, at) => {
    cells[to] = from[at]
  })
  return tensor
}

/** Visits every index of `shape` in row-major order with the offset its strides lead to. */
export function walk(
  shape: readonly number[],
  strides: readonly number[],
  start: number,
  visit: (flat: number, offset: number) => void,
): void {
  const size = sizeOf(shape)
  const index = new Array<number>(shape.length).fill(0)
  for (let flat = 0, offset = start; flat < size; flat++) {
    visit(flat, offset)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis]
      if (++index[axis] < shape[axis]) break
      offset -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
}

/** Strides that read a tensor as if it were broadcast to `shape`. */
export function broadcastStrides(from: readonly number[], shape: readonly number[]): number[] {
  const strides = stridesOf(from)
  const skip = shape.length - from.length
  return shape.map((_, axis) => (axis < skip || from[axis - skip] === 1 ? 0 : strides[axis - skip]))
}
