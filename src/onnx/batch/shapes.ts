import { sizeOf } from '../../base/index.js'

/** How a value's shape follows the batch: `axis` is the only one that grows. */
export interface Growth {
  axis: number
  from: number
  to: number
}

/** Where two shapes of one value, at two batch sizes, differ; undefined unless at exactly one axis. */
export function growthOf(base: readonly number[], now: readonly number[]): Growth | undefined {
  if (base.length !== now.length) return undefined
  const axes = base.flatMap((size, axis) => (size === now[axis] ? [] : [axis]))
  const [axis] = axes
  return axes.length === 1 ? { axis, from: base[axis], to: now[axis] } : undefined
}

/**
 * The shape a Reshape must give at the new batch, from what it gave at the old: the samples' blocks
 * are contiguous behind the axes before the batch axis, so the target axis with as many elements
 * before it grows. One of the batch's own size is taken before one that stacks samples
 * (`[1, time, width] -> [time, width]`), which is sound only for a leading batch. Undefined where
 * there is none.
 */
export function grownTarget(
  base: readonly number[],
  target: readonly number[],
  growth: Growth,
  batch: number,
): number[] | undefined {
  const before = sizeOf(base.slice(0, growth.axis))
  const fitting = target.flatMap((_, axis) =>
    sizeOf(target.slice(0, axis)) === before ? [axis] : [],
  )
  const clean = fitting.find(axis => target[axis] === batch)
  const stacked = growth.axis === 0 ? fitting.at(-1) : undefined
  const axis = clean ?? stacked
  if (axis === undefined) return undefined
  const size = (target[axis] * growth.to) / growth.from
  return Number.isInteger(size) ? target.map((s, a) => (a === axis ? size : s)) : undefined
}
