import { scalarTensor } from '../base/index.js'
import type { Builder, SliceRange, ValueType } from '../onnx/index.js'
import { maths } from './maths.js'

/** Constant-free zeros of a type: the runtime makes them, the file stays small. */
export const zeros = (b: Builder, type: ValueType): string => filled(b, type, 0)

export const ones = (b: Builder, type: ValueType): string => filled(b, type, 1)

function filled(b: Builder, { dtype, shape }: ValueType, value: number): string {
  const one = { ...scalarTensor(value, dtype), shape: [1] }
  return b.emit('ConstantOfShape', [b.ints(shape)], { value: { type: 'tensor', value: one } })
}

/** Adds zeros before and after each axis; negative amounts crop. */
export function pad(
  b: Builder,
  x: string,
  before: readonly number[],
  after: readonly number[],
): string {
  if ([...before, ...after].every(amount => amount === 0)) return x
  return b.emit('Pad', [x, b.ints([...before, ...after])])
}

/** x[from : from + length] along one axis. */
export function slice(b: Builder, x: string, axis: number, from: number, length: number): string {
  if (from === 0 && length === b.shape(x)[axis]) return x
  return b.emit('Slice', [x, b.ints([from]), b.ints([from + length]), b.ints([axis])])
}

/** x with the order along one axis turned round. */
export function flip(b: Builder, x: string, axis: number): string {
  const end = -b.shape(x)[axis] - 1
  return b.emit('Slice', [x, b.ints([-1]), b.ints([end]), b.ints([axis]), b.ints([-1])])
}

/**
 * The transpose of a slice: a tensor of `shape` with the elements of x at start, start + step, ...
 * along the axes of `ranges`, and zeros elsewhere.
 */
export function place(
  b: Builder,
  x: string,
  shape: readonly number[],
  ranges: readonly SliceRange[],
): string {
  const before = shape.map(() => 0)
  let spread = x
  for (const { axis, start, step, length } of ranges) {
    if (step < 0) spread = flip(b, spread, axis)
    spread = dilate(b, spread, axis, Math.abs(step))
    before[axis] = step < 0 ? start + (length - 1) * step : start
  }
  const after = b.shape(spread).map((size, axis) => shape[axis] - before[axis] - size)
  return pad(b, spread, before, after)
}

/** Puts step - 1 zeros behind every element along one axis. */
function dilate(b: Builder, x: string, axis: number, step: number): string {
  if (step === 1) return x
  const { reshape } = maths(b)
  const shape = b.shape(x)
  const apart = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]
  const after = apart.map((_, i) => (i === axis + 1 ? step - 1 : 0))
  const wide = pad(
    b,
    reshape(x, apart),
    apart.map(() => 0),
    after,
  )
  return reshape(
    wide,
    shape.map((size, i) => (i === axis ? size * step : size)),
  )
}

/** A stretch of indices start, start + step, ... that stand together at `from`. */
interface Run {
  readonly from: number
  readonly start: number
  readonly step: number
  readonly length: number
}

/** Cuts a list of indices into arithmetic progressions, each as long as possible. */
export function runsOf(indices: readonly number[]): Run[] {
  const runs: Run[] = []
  for (let from = 0; from < indices.length; ) {
    const start = indices[from]
    const step = from + 1 < indices.length ? indices[from + 1] - start : 1
    let length = 1
    while (from + length < indices.length && indices[from + length] === start + length * step)
      length++
    runs.push({ from, start, step, length })
    from += length
  }
  return runs
}

/**
 * The transpose of y = x[indices] along one axis of size `size`, for indices that are few
 * progressions: every run is put back in its place, and all are added up.
 */
export function placeRuns(
  b: Builder,
  dy: string,
  axis: number,
  size: number,
  runs: readonly Run[],
): string {
  const shape = b.shape(dy).map((own, i) => (i === axis ? size : own))
  const parts = runs.map(({ from, start, step, length }) => {
    const part = slice(b, dy, axis, from, length)
    return step === 0
      ? place(b, maths(b).sum(part, [axis]), shape, [{ axis, start, step: 1, length: 1 }])
      : place(b, part, shape, [{ axis, start, step, length }])
  })
  return parts.length === 1 ? parts[0] : b.emit('Sum', parts)
}
