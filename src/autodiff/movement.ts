import { int, intOf, intsOf, padAmounts, Site, sliceRanges, text, textOf } from '../onnx/index.js'
import { pad, place, placeRuns, runsOf, zeros } from './place.js'
import { axisOf, inputOf, linear, type Row, type Rule, rule, type Scope } from './rule.js'

/** Operators that move elements and change none: each is linear, its gradient is the way back. */

// y = x in another shape: dx = dy in the shape of x
const reshaped = linear(({ b, x, dy, reshape }) => reshape(dy, b.shape(x)))

// y = x with axes permuted: dx = dy with axes permuted back
const Transpose = linear(({ b, node, x, dy, transpose }) => {
  const rank = b.shape(x).length
  const perm = intsOf(node, 'perm', undefined) ?? [...Array(rank).keys()].reverse()
  return transpose(dy, inverse(perm))
})

const inverse = (perm: readonly number[]) => perm.map((_, axis) => perm.indexOf(axis))

// y = x_1, x_2, ... along an axis: dx_i = its part of dy
const Concat = rule(({ b, node, dy }) => {
  if (node.inputs.length === 1) return [dy]
  const axis = axisOf(b, node, 0)
  const sizes = node.inputs.map(x => b.shape(x)[axis])
  return b.emitMany('Split', [dy, b.ints(sizes)], { axis: int(axis) }, { outputs: sizes.length })
})

// y_1, y_2, ... = parts of x along an axis: dx = dy_1, dy_2, ...
const Split: Rule = (b, node, dy) => {
  const parts = node.outputs.map((y, i) => dy[i] ?? zeros(b, b.type(y)))
  const axis = int(axisOf(b, node, 0))
  return [parts.length === 1 ? parts[0] : b.emit('Concat', parts, { axis })]
}

// y = x[start : end : step]: dx = dy put back, zeros elsewhere
const Slice = rule(({ b, node, x, dy }) =>
  b.shape(dy).includes(0) ? [] : [place(b, dy, b.shape(x), sliceRanges(new Site(node, b)))],
)

// y = x repeated along every axis: dx = sum of the copies
const Tile = linear(({ b, x, dy, sum, reshape }) => {
  const shape = b.shape(x)
  const apart = b.shape(dy).flatMap((size, axis) => [size / shape[axis], shape[axis]])
  const copies = shape.map((_, axis) => 2 * axis)
  return reshape(sum(reshape(dy, apart), copies), shape)
})

// y = x between constant borders v: dx = dy without the borders, dv = sum of dy in the borders
// y = x between its own edges, mirror image or repetition: dx = dy and its borders put back, summed
const Pad = rule(scope => {
  const { b, node, dy, sub, sum } = scope
  const { before, after } = padAmounts(new Site(node, b))
  const mode = textOf(node, 'mode', 'constant')
  if (mode !== 'constant') return [unfoldedPad(scope, mode, before)]
  const dx = pad(b, dy, before.map(minus), after.map(minus))
  const all = (value: string) =>
    sum(
      value,
      before.map((_, axis) => axis),
    )
  return [dx, undefined, inputOf(node, 2) && sub(all(dy), all(dx))]
})

const minus = (amount: number) => (amount === 0 ? 0 : -amount)

function unfoldedPad({ b, x, dy }: Scope, mode: string, before: readonly number[]): string {
  const shape = b.shape(x)
  return shape.reduce((gradient, size, axis) => {
    const padded = b.shape(gradient)[axis]
    const indices = Array.from({ length: padded }, (_, i) => source(i - before[axis], size, mode))
    return padded === size && before[axis] === 0
      ? gradient
      : placeRuns(b, gradient, axis, size, runsOf(indices))
  }, dy)
}

/** Where a padded position takes its value from. */
function source(position: number, size: number, mode: string): number {
  if (mode === 'edge') return Math.min(Math.max(position, 0), size - 1)
  if (mode === 'wrap') return modulo(position, size)
  const period = Math.max(1, 2 * (size - 1))
  const place = modulo(position, period)
  return Math.min(place, period - place)
}

const modulo = (value: number, size: number) => ((value % size) + size) % size

const towardsZero = (half: number) => Math.trunc(half) + 0

// y = x cut or bordered about its middle: dx = dy bordered or cut again
const CenterCropPad = linear(({ b, x, dy }) => {
  const [from, to] = [b.shape(x), b.shape(dy)]
  const before = from.map((size, axis) => towardsZero((size - to[axis]) / 2))
  const after = from.map((size, axis) => size - to[axis] - before[axis])
  return pad(b, dy, before, after)
})

// blocks of channels become blocks of pixels: dx = the pixels made channels again
const DepthToSpace = linear(({ b, node, x, dy, reshape, transpose }) => {
  const block = intOf(node, 'blocksize', 1)
  if (textOf(node, 'mode', 'DCR') === 'DCR')
    return b.emit('SpaceToDepth', [dy], { blocksize: int(block) })
  const [batch, channels, height, width] = b.shape(x)
  const apart = [batch, channels / block ** 2, height, block, width, block]
  return reshape(transpose(reshape(dy, apart), [0, 1, 3, 5, 2, 4]), b.shape(x))
})

const SpaceToDepth = linear(({ b, node, dy }) => {
  const attributes = { blocksize: int(intOf(node, 'blocksize', 1)), mode: text('DCR') }
  return b.emit('DepthToSpace', [dy], attributes)
})

// y = the upper or lower triangle of x: dx = that of dy
const Trilu = linear(({ b, node, dy }) =>
  b.emit('Trilu', [dy, ...node.inputs.slice(1)], node.attributes),
)

// y = x with the first entries of each sequence turned round: dx = dy turned round again
const ReverseSequence = linear(({ b, node, dy }) =>
  b.emit('ReverseSequence', [dy, node.inputs[1]], node.attributes),
)

export const movementRules = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  // y = x stretched by broadcasting: dx = dy summed down, which the driver does
  Expand: linear(({ dy }) => dy),
  ...{ Transpose, Concat, Split, Slice, Tile, Pad, CenterCropPad },
  ...{ DepthToSpace, SpaceToDepth, Trilu, ReverseSequence },
} satisfies Record<string, Row>
