import { int64Tensor, scalarTensor, type Tensor } from '../../../src/base/index.js'
import { type Attributes, int, ints, text } from '../../../src/onnx/index.js'
import type { CaseMaker, Cases } from '../case.js'
import type { Draw } from '../draw.js'

/** A shape of the same size: neighbours merged, sizes of 1 put in. */
function regrouped(draw: Draw, shape: readonly number[]): number[] {
  const merged: number[] = []
  for (const size of shape)
    if (merged.length && draw.chance(0.4)) merged.push(merged.pop()! * size)
    else merged.push(size)
  return draw.chance(0.3) ? [...merged, 1] : merged
}

const reshape: CaseMaker = draw => {
  const shape = draw.shape(draw.int(1, 4))
  const target = regrouped(draw, shape)
  if (draw.chance()) target[draw.int(0, target.length - 1)] = -1
  return { inputs: [draw.reals(shape), int64Tensor(target)] }
}

const squeeze: CaseMaker = draw => {
  const shape = draw.shape(3).map(size => (draw.chance(0.4) ? 1 : size))
  const single = shape.flatMap((size, axis) => (size === 1 ? [axis] : []))
  const axes = single.filter(() => draw.chance(0.7)).map(axis => (draw.chance() ? axis : axis - 3))
  return { inputs: [draw.reals(shape), draw.chance(0.3) ? undefined : int64Tensor(axes)] }
}

const unsqueeze: CaseMaker = draw => {
  const shape = draw.shape(draw.int(0, 3))
  const added = draw.int(1, 2)
  return { inputs: [draw.reals(shape), int64Tensor(draw.axes(shape.length + added, added))] }
}

const concat: CaseMaker = draw => {
  const shape = draw.shape(draw.int(1, 4))
  const axis = draw.axis(shape.length)
  const part = () => {
    const own = [...shape]
    own[axis < 0 ? axis + shape.length : axis] = draw.int(1, 3)
    return draw.reals(own)
  }
  const inputs = Array.from({ length: draw.int(1, 4) }, part)
  return { inputs, attributes: { axis: int(axis) } }
}

/** By given sizes or a number of nearly equal parts; not every part gets a gradient. */
const split: CaseMaker = draw => {
  const shape = draw.shape(draw.int(1, 3))
  const axis = draw.axis(shape.length)
  const at = axis < 0 ? axis + shape.length : axis
  const sizes = Array.from({ length: draw.int(1, 4) }, () => draw.int(1, 3))
  const seeds = sizes.map((_, k) => k).filter(k => k === 0 || draw.chance(0.7))
  const even = draw.chance(0.4)
  shape[at] = even ? sizes.length * draw.int(1, 2) : sizes.reduce((sum, size) => sum + size, 0)
  const attributes: Attributes = even ? { num_outputs: int(sizes.length) } : {}
  return {
    inputs: [draw.reals(shape), even ? undefined : int64Tensor(sizes)],
    attributes: { ...attributes, axis: int(axis) },
    outputs: sizes.length,
    seeds,
  }
}

/** Starts and ends inside and beyond, from either end; steps in both directions. */
const slice: CaseMaker = (draw, index) => {
  const rank = draw.int(1, 4)
  const shape = draw.shape(rank, 7 - rank)
  const axes = draw.axes(rank)
  const ranges = axes.map(axis => {
    const size = shape.at(axis)!
    const step = index < 8 ? 1 : draw.pick(-3, -2, -1, 1, 2, 3)
    const [low, high] = [draw.int(0, size - 1), draw.int(0, size - 1)].sort((a, b) => a - b)
    const [start, end] = step > 0 ? [low, high + 1] : [high, low - 1]
    const beyond = draw.chance(0.2)
    if (step > 0)
      return { start: draw.chance(0.3) ? start - size : start, end: beyond ? 99 : end, step }
    return { start: beyond ? 99 : start, end: end < 0 || beyond ? -99 : end, step }
  })
  const list = (name: 'start' | 'end' | 'step') => int64Tensor(ranges.map(range => range[name]))
  const inputs = [draw.reals(shape), list('start'), list('end'), int64Tensor(axes), list('step')]
  return { inputs }
}

const tile: CaseMaker = draw => {
  const shape = draw.shape(draw.int(1, 4), 3)
  return { inputs: [draw.reals(shape), int64Tensor(shape.map(() => draw.int(1, 3)))] }
}

const expand: CaseMaker = draw => {
  const shape = draw.shape(draw.int(1, 4))
  return { inputs: [draw.reals(draw.broadcastable(shape)), int64Tensor(shape)] }
}

/** Every mode; the constant one with negative pads, axes and a value of its own too. */
const pad: CaseMaker = (draw, index) => {
  const mode = ['constant', 'edge', 'reflect', 'wrap'][index % 4]
  const shape = draw.shape(draw.int(1, 3), 4).map(size => size + 1)
  const limit = (size: number) => (mode === 'reflect' ? size - 1 : mode === 'wrap' ? size : 3)
  const isConstant = mode === 'constant'
  const axes = isConstant && draw.chance() ? draw.axes(shape.length) : shape.map((_, axis) => axis)
  const amount = (axis: number) =>
    isConstant && draw.chance(0.3) ? -1 : draw.int(0, Math.min(3, limit(shape.at(axis)!)))
  const pads = [...axes, ...axes].map(amount)
  const given = draw.chance() ? scalarTensor(draw.real(-1, 1), 'float32') : undefined
  const inputs = [draw.reals(shape), int64Tensor(pads), isConstant ? given : undefined]
  if (isConstant && axes.length < shape.length) inputs.push(int64Tensor(axes))
  return { inputs, attributes: { mode: text(mode) } }
}

const blocks =
  (deep: boolean, modes: readonly string[]): CaseMaker =>
  draw => {
    const block = draw.int(1, 3)
    const [batch, channels, height, width] = draw.shape(4, 2)
    const mode = draw.pick(...modes)
    const shape = deep
      ? [batch, channels * block ** 2, height, width]
      : [batch, channels, height * block, width * block]
    const attributes: Attributes = { blocksize: int(block), ...(mode && { mode: text(mode) }) }
    return { inputs: [draw.reals(shape)], attributes }
  }

const sequences: CaseMaker = draw => {
  const [steps, batch, size] = draw.shape(3, 4)
  const timeAxis = draw.int(0, 1)
  const lengths = int64Tensor(Array.from({ length: batch }, () => draw.int(1, steps)))
  const shape = timeAxis === 0 ? [steps, batch, size] : [batch, steps, size]
  const attributes = { time_axis: int(timeAxis), batch_axis: int(1 - timeAxis) }
  return { inputs: [draw.reals(shape), lengths], attributes }
}

const triangle: CaseMaker = draw => {
  const x = draw.reals(draw.shape(draw.int(2, 4)))
  const inputs: Tensor[] = draw.chance(0.3) ? [x] : [x, scalarTensor(draw.int(-3, 3), 'int64')]
  return { inputs, attributes: { upper: int(draw.int(0, 1)) } }
}

export const movementCases: Cases = {
  Reshape: reshape,
  Flatten: draw => {
    const shape = draw.shape(draw.int(1, 4))
    const axis = int(draw.int(-shape.length, shape.length))
    return { inputs: [draw.reals(shape)], attributes: { axis } }
  },
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: draw => {
    const shape = draw.shape(draw.int(1, 4))
    const perm = draw.sometimes({ perm: ints(draw.permutation(shape.length)) }, 0.8)
    return { inputs: [draw.reals(shape)], attributes: perm }
  },
  Concat: concat,
  Split: split,
  Slice: slice,
  Tile: tile,
  Expand: expand,
  Pad: pad,
  CenterCropPad: draw => {
    const shape = draw.shape(draw.int(1, 3), 6)
    const axes = draw.axes(shape.length)
    const target = int64Tensor(axes.map(() => draw.int(1, 7)))
    return { inputs: [draw.reals(shape), target], attributes: { axes: ints(axes) } }
  },
  DepthToSpace: blocks(true, ['DCR', 'CRD', '']),
  SpaceToDepth: blocks(false, ['']),
  Trilu: triangle,
  ReverseSequence: sequences,
}
