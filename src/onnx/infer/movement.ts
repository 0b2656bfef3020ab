import { sizeOf } from '../../base/index.js'
import { each, type InferRule, type InferRules, type Site, sameAsFirst, show } from './site.js'

/** Reshape's target with 0 (keep) and -1 (the rest) resolved. */
function reshapedTo(site: Site, target: readonly number[]): number[] {
  const from = site.shape(0)
  const keep = site.int('allowzero', 0) === 0
  const shape = target.map((size, axis) => {
    if (size === 0 && keep)
      return from[axis] ?? site.fail(`a dimension ${axis} to keep`, show(from))
    return size
  })
  const total = sizeOf(from)
  if (shape.filter(size => size === -1).length > 1 || shape.some(size => size < -1))
    site.fail('at most one -1 in the shape', show(target))
  const rest = sizeOf(shape.filter(size => size !== -1))
  const free = shape.indexOf(-1)
  if (free >= 0) shape[free] = rest === 0 ? 0 : total / rest
  if (sizeOf(shape) !== total || shape.some(size => !Number.isInteger(size)))
    site.fail(`a shape of ${total} elements, as ${show(from)} holds`, show(target))
  return shape
}

const reshape: InferRule = site => {
  const target = site.numbersOr(1, 'shape') ?? site.fail('a shape', 'none')
  return [{ dtype: site.dtype(0), shape: reshapedTo(site, target) }]
}

const flatten: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const axis = site.int('axis', 1)
  if (axis < -shape.length || axis > shape.length)
    site.fail(`an axis from ${-shape.length} to ${shape.length}`, axis)
  const at = axis < 0 ? axis + shape.length : axis
  return [{ dtype, shape: [sizeOf(shape.slice(0, at)), sizeOf(shape.slice(at))] }]
}

const transpose: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const order = site.ints('perm', shape.map((_, axis) => axis).reverse())
  const axes = site.axes(order, shape.length)
  if (axes.length !== shape.length) site.fail(`${shape.length} axes in perm`, show(order))
  return [{ dtype, shape: axes.map(axis => shape[axis]) }]
}

const squeeze: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const given = site.numbersOr(1, 'axes')
  const axes = given
    ? site.axes(given, shape.length)
    : shape.flatMap((size, axis) => (size === 1 ? [axis] : []))
  for (const axis of axes)
    if (shape[axis] !== 1) site.fail(`size 1 at axis ${axis}`, `shape ${show(shape)}`)
  return [{ dtype, shape: shape.filter((_, axis) => !axes.includes(axis)) }]
}

const unsqueeze: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const given = site.numbersOr(1, 'axes') ?? site.fail('axes', 'none')
  const rank = shape.length + given.length
  const axes = site.axes(given, rank)
  const rest = shape.values()
  return [
    {
      dtype,
      shape: Array.from({ length: rank }, (_, a) => (axes.includes(a) ? 1 : rest.next().value!)),
    },
  ]
}

const concat: InferRule = site => {
  const first = site.ranked(0, 1, Infinity)
  const axis = site.axis(site.int('axis', 1), first.length)
  let total = 0
  for (let i = 0; i < site.count; i++) {
    const shape = site.ranked(i, first.length)
    if (shape.some((size, a) => a !== axis && size !== first[a]))
      site.fail(`shapes that agree outside axis ${axis}`, `${show(first)} and ${show(shape)}`)
    total += shape[axis]
  }
  return [{ dtype: site.commonType(), shape: first.map((size, a) => (a === axis ? total : size)) }]
}

/** Sizes of Split's parts: given, or equal with a smaller last one. */
function splitSizes(site: Site, size: number): number[] {
  const parts = site.node.outputs.length
  const given = site.numbersOr(1, 'split')
  if (given) {
    if (given.length !== parts || given.reduce((a, b) => a + b, 0) !== size)
      site.fail(`${parts} parts that sum to ${size}`, show(given))
    return given
  }
  const count = site.int('num_outputs', parts)
  if (count !== parts) site.fail(`num_outputs ${parts}, as many as outputs`, count)
  const each = Math.ceil(size / count)
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(each, size - i * each)))
}

const split: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const axis = site.axis(site.int('axis', 0), shape.length)
  return splitSizes(site, shape[axis]).map(size => ({
    dtype,
    shape: shape.map((s, a) => (a === axis ? size : s)),
  }))
}

/** One axis of a Slice: where it starts, how far it steps, how many elements it takes. */
export interface SliceRange {
  axis: number
  start: number
  step: number
  length: number
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high)

/** Slice's arguments, normalised as the specification says (negative counts from the end, clamped). */
export function sliceRanges(site: Site): SliceRange[] {
  const shape = site.shape(0)
  const starts = site.numbersOr(1, 'starts') ?? site.fail('starts', 'none')
  const ends = site.numbersOr(2, 'ends') ?? site.fail('ends', 'none')
  const axes = site.axes(site.numbersOr(3, 'axes') ?? starts.map((_, i) => i), shape.length)
  const steps = site.numbers(4, 'steps') ?? starts.map(() => 1)
  if (
    ends.length !== starts.length ||
    axes.length !== starts.length ||
    steps.length !== starts.length
  )
    site.fail('as many ends, axes and steps as starts', `${starts.length} starts`)
  return starts.map((given, i) => {
    const [size, step] = [shape[axes[i]], steps[i]]
    if (step === 0) site.fail('steps other than 0', 0)
    const from = given < 0 ? given + size : given
    const to = ends[i] < 0 ? ends[i] + size : ends[i]
    const start = step > 0 ? clamp(from, 0, size) : clamp(from, 0, size - 1)
    const end = step > 0 ? clamp(to, 0, size) : clamp(to, -1, size - 1)
    return { axis: axes[i], start, step, length: Math.max(0, Math.ceil((end - start) / step)) }
  })
}

const slice: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const ranges = sliceRanges(site)
  const length = (axis: number) => ranges.find(range => range.axis === axis)?.length
  return [{ dtype, shape: shape.map((size, axis) => length(axis) ?? size) }]
}

/** Pad's amounts before and after every axis; negative ones crop. */
export function padAmounts(site: Site): { before: number[]; after: number[] } {
  const rank = site.shape(0).length
  const pads =
    site.numbersOr(1, 'pads') ?? site.ints('paddings', undefined) ?? site.fail('pads', 'none')
  const axes = site.axes(site.numbers(3, 'axes') ?? [...Array(rank).keys()], rank)
  if (pads.length !== 2 * axes.length) site.fail(`${2 * axes.length} pads`, show(pads))
  const before = new Array<number>(rank).fill(0)
  const after = new Array<number>(rank).fill(0)
  for (const [i, axis] of axes.entries()) {
    before[axis] = pads[i]
    after[axis] = pads[i + axes.length]
  }
  return { before, after }
}

const pad: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const { before, after } = padAmounts(site)
  const padded = shape.map((size, axis) => size + before[axis] + after[axis])
  if (padded.some(size => size < 0)) site.fail('pads that leave a size', show(padded))
  return [{ dtype, shape: padded }]
}

const gather: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const axis = site.axis(site.int('axis', 0), shape.length)
  return [{ dtype, shape: [...shape.slice(0, axis), ...site.shape(1), ...shape.slice(axis + 1)] }]
}

const gatherElements: InferRule = site => [
  { dtype: site.dtype(0), shape: site.ranked(1, site.shape(0).length) },
]

const gatherND: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const indices = site.ranked(1, 1, Infinity)
  const taken = site.int('batch_dims', 0) + indices[indices.length - 1]
  if (taken > shape.length) site.fail(`indices into ${show(shape)}`, `shape ${show(indices)}`)
  return [{ dtype, shape: [...indices.slice(0, -1), ...shape.slice(taken)] }]
}

const scatterElements: InferRule = site => {
  const rank = site.shape(0).length
  const [indices, updates] = [site.ranked(1, rank), site.ranked(2, rank)]
  if (indices.join() !== updates.join())
    site.fail('indices and updates of one shape', `${show(indices)} and ${show(updates)}`)
  return sameAsFirst(site)
}

const scatterND: InferRule = site => {
  const [data, indices] = [site.shape(0), site.ranked(1, 1, Infinity)]
  const wanted = [...indices.slice(0, -1), ...data.slice(indices[indices.length - 1])]
  if (site.shape(2).join() !== wanted.join())
    site.fail(`updates of shape ${show(wanted)}`, show(site.shape(2)))
  return sameAsFirst(site)
}

const expand: InferRule = site => {
  const target = site.numbers(1, 'shape') ?? site.fail('a shape', 'none')
  return [{ dtype: site.dtype(0), shape: site.broadcast(site.shape(0), target) }]
}

const tile: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const repeats = site.numbers(1, 'repeats') ?? site.fail('repeats', 'none')
  if (repeats.length !== shape.length) site.fail(`${shape.length} repeats`, show(repeats))
  return [{ dtype, shape: shape.map((size, axis) => size * repeats[axis]) }]
}

const depthToSpace: InferRule = site => {
  const [n, c, h, w] = site.ranked(0, 4)
  const block = site.int('blocksize', 0)
  if (block < 1 || c % block ** 2) site.fail(`channels divisible by ${block ** 2}`, c)
  return [{ dtype: site.dtype(0), shape: [n, c / block ** 2, h * block, w * block] }]
}

const spaceToDepth: InferRule = site => {
  const [n, c, h, w] = site.ranked(0, 4)
  const block = site.int('blocksize', 0)
  if (block < 1 || h % block || w % block) site.fail(`sizes divisible by ${block}`, `${h} x ${w}`)
  return [{ dtype: site.dtype(0), shape: [n, c * block ** 2, h / block, w / block] }]
}

const centerCropPad: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const target = site.numbers(1, 'shape') ?? site.fail('a shape', 'none')
  const axes = site.axes(site.ints('axes', [...shape.keys()]), shape.length)
  if (target.length !== axes.length) site.fail(`${axes.length} sizes`, show(target))
  return [{ dtype, shape: shape.map((size, axis) => target[axes.indexOf(axis)] ?? size) }]
}

export const movementRules: InferRules = {
  ...each(sameAsFirst, 'ReverseSequence TensorScatter Trilu'),
  CenterCropPad: centerCropPad,
  Concat: concat,
  DepthToSpace: depthToSpace,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Pad: pad,
  Reshape: reshape,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
}
