import { InternalError } from './errors.js'

/** Number of elements; a scalar's shape is empty and holds one. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1)
}

/** Row-major strides in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step
    step *= shape[axis]
  }
  return strides
}

/** Numpy's multidirectional broadcasting; throws when two dimensions disagree. */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map(shape => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map(shape => shape[axis - rank + shape.length] ?? 1)
    const size = sizes.find(s => s !== 1) ?? 1
    if (sizes.some(s => s !== 1 && s !== size))
      throw new InternalError(`shapes ${shapes.map(s => `[${s}]`).join(' and ')} do not broadcast`)
    return size
  })
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis])
}

/** An axis counted from the end (-1 is the last) as a plain index. */
export function normalizeAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}
