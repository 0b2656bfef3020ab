import { sameShape, sizeOf } from '../base/index.js'
import { type Builder, float, int, ints } from '../onnx/index.js'

/** Common turns of a graph, that say nothing when there is nothing to do. */

export function reshape(b: Builder, x: string, shape: readonly number[]): string {
  return sameShape(b.shape(x), shape) ? x : b.emit('Reshape', [x, b.ints(shape)])
}

export function transpose(b: Builder, x: string, permutation: readonly number[]): string {
  const still = permutation.every((axis, i) => axis === i)
  return still ? x : b.emit('Transpose', [x], { perm: ints(permutation) })
}

export function concat(b: Builder, values: readonly string[], axis: number): string {
  return values.length === 1 ? values[0] : b.emit('Concat', values, { axis: int(axis) })
}

/** The sum over axes, which vanish; axes of size 1 are dropped without a sum. */
export function sum(b: Builder, x: string, axes: readonly number[]): string {
  const shape = b.shape(x)
  const left = shape.filter((_, axis) => !axes.includes(axis))
  if (sizeOf(left) === sizeOf(shape)) return reshape(b, x, left)
  return b.emit('ReduceSum', [x, b.ints(axes)], { keepdims: int(0) })
}

/** a b over the last two axes, each transposed on demand. */
export function product(
  b: Builder,
  [a, c]: readonly [string, string],
  { transA = false, transB = false } = {},
): string {
  const side = (name: string, transposed: boolean) => {
    const [rows, columns] = b.shape(name).slice(-2)
    return transposed ? [columns, rows] : [rows, columns]
  }
  const shape = [...b.shape(a).slice(0, -2), side(a, transA)[0], side(c, transB)[1]]
  return b.emit(
    'TransposedMatMul',
    [a, c],
    { transA: int(transA ? 1 : 0), transB: int(transB ? 1 : 0) },
    { domain: 'temper', types: [{ dtype: b.dtype(a), shape }] },
  )
}

/** Pads the spatial axes (from the third on); negative sizes cut away. */
export function padSpatial(
  b: Builder,
  x: string,
  begins: readonly number[],
  ends: readonly number[],
  value = 0,
): string {
  if ([...begins, ...ends].every(pad => pad === 0)) return x
  const pads = b.ints([0, 0, ...begins, 0, 0, ...ends])
  return b.emit('Pad', value === 0 ? [x, pads] : [x, pads, b.scalar(value)])
}

/** Every `strides`-th element of the spatial axes from `starts` on, `sizes` of them; all must exist. */
export function sliceSpatial(
  b: Builder,
  x: string,
  starts: readonly number[],
  sizes: readonly number[],
  strides: readonly number[],
): string {
  const shape = b.shape(x).slice(2)
  if (shape.every((size, i) => starts[i] === 0 && sizes[i] === size)) return x
  const ends = starts.map((start, i) => start + (sizes[i] - 1) * strides[i] + 1)
  const axes = shape.map((_, i) => i + 2)
  return b.emit('Slice', [x, b.ints(starts), b.ints(ends), b.ints(axes), b.ints(strides)])
}

/**
 * The spatial box of `sizes` that begins at `starts`, zero where it lies outside: one Pad, where
 * the box meets the input on every axis.
 */
export function box(
  b: Builder,
  x: string,
  starts: readonly number[],
  sizes: readonly number[],
): string {
  const shape = b.shape(x).slice(2)
  const ends = shape.map((size, i) => starts[i] + sizes[i] - size)
  const meets = shape.every((size, i) => starts[i] < size && starts[i] + sizes[i] > 0)
  const begins = starts.map(start => -start)
  if (meets) return padSpatial(b, x, begins, ends)
  const positive = (pads: readonly number[]) => pads.map(pad => Math.max(0, pad))
  const padded = padSpatial(b, x, positive(begins), positive(ends))
  return sliceSpatial(
    b,
    padded,
    positive(starts),
    sizes,
    shape.map(() => 1),
  )
}

/** All index tuples of a box, the last axis fastest. */
export function positions(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (tuples, size) => tuples.flatMap(t => Array.from({ length: size }, (_, i) => [...t, i])),
    [[]],
  )
}

/** 1 where x is its window's maximum y, else 0. */
export function winnersAmong(b: Builder, x: string, y: string): string {
  const below = b.emit('Sub', [x, y])
  return b.emit('HardSigmoid', [below], { alpha: float(3e38), beta: float(1) })
}
