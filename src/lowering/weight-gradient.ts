import { sizeOf } from '../base/index.js'
import {
  blockedDepthwise,
  blockedInterleaved,
  blockedPerSample,
  blockedPoint,
} from './blocked/weight-gradient.js'
import type { Formulation, Site } from './formulation.js'
import { row } from './formulation.js'
import { allOnes, type Convolution, convolutionOf, startOf, taps } from './geometry.js'
import {
  box,
  concat,
  padSpatial,
  positions,
  product,
  reshape,
  sliceSpatial,
  sum,
  transpose,
} from './phrases.js'

/**
 * temper::ConvWeightGradient(x, dy) -> dw.
 * dw[o, c, k] = sum over n, p of dy[n, o, p] x[n, c, p stride + k dilation - begin]
 */

type Choice = Formulation<Convolution>

/**
 * The two axes of a tap are split: shifting dy along the rows and x along the columns makes
 * filters * kernelHeight + channels * kernelWidth planes, not channels * taps of them.
 * dw[o, c, i, j] = sum over n, r, q of dy[n, o, r - i dilation + begin, q] x[n, c, r, q stride + j dilation - begin]
 */
const factorised: Choice = {
  name: 'factorised shifts',
  column: 'portable',
  applies: c =>
    c.kernel.length === 2 &&
    c.group === 1 &&
    c.strides[0] === 1 &&
    c.kernel.every(size => size >= 3) &&
    c.channels >= 16,
  emit({ b, node }, c) {
    const [x, dy] = node.inputs
    const [rows, columns] = [c.input[0], c.output[1]]
    const down = range(c.kernel[0]).map(i =>
      box(b, dy, [c.begins[0] - i * c.dilations[0], 0], [rows, columns]),
    )
    const across = columnShifts({ b, x, c })
    const a = reshape(b, concat(b, down, 1), [c.batch, c.kernel[0] * c.filters, rows * columns])
    const d = reshape(b, concat(b, across, 1), [c.batch, c.kernel[1] * c.channels, rows * columns])
    const [height, width] = c.kernel
    const [o, ch] = [c.filters, c.channels]
    if (height * o >= width * ch) {
      const t = sum(b, product(b, [a, d], { transB: true }), [0])
      return [transpose(b, reshape(b, t, [height, o, width, ch]), [1, 3, 0, 2])]
    }
    const t = sum(b, product(b, [d, a], { transB: true }), [0])
    return [transpose(b, reshape(b, t, [width, ch, height, o]), [3, 1, 2, 0])]
  },
}

/** x for every column of the kernel: [batch, channels, input rows, output columns]. */
function columnShifts({ b, x, c }: { b: Site['b']; x: string; c: Convolution }): string[] {
  const [rows, columns] = [c.input[0], c.output[1]]
  const starts = range(c.kernel[1]).map(j => j * c.dilations[1] - c.begins[1])
  if (c.strides[1] === 1) return starts.map(start => box(b, x, [0, start], [rows, columns]))
  const padded = padSpatial(b, x, [0, c.begins[1]], [0, c.ends[1]])
  return starts.map(start =>
    sliceSpatial(b, padded, [0, start + c.begins[1]], [rows, columns], [1, c.strides[1]]),
  )
}

/** One shifted, strided copy of x for each tap, then one product a sample and group. */
const imageToColumns: Choice = {
  name: 'image to columns',
  column: 'portable',
  applies: () => true,
  emit({ b, node }, c) {
    const [x, dy] = node.inputs
    const [area, channels] = [sizeOf(c.output), c.channels / c.group]
    const [filters, count] = [c.filters / c.group, taps(c)]
    const shifted = tapShifts({ b, x, c })
    const columns = concat(
      b,
      shifted.map(tap => reshape(b, tap, [c.batch, c.group, channels, area])),
      2,
    )
    const outputs = reshape(b, dy, [c.batch, c.group, filters, area])
    const shape = [c.filters, channels, ...c.kernel]
    if (count * channels >= filters) {
      const t = sum(b, product(b, [columns, outputs], { transB: true }), [0])
      const apart = reshape(b, t, [c.group, count, channels, filters])
      return [reshape(b, transpose(b, apart, [0, 3, 2, 1]), shape)]
    }
    const t = sum(b, product(b, [outputs, columns], { transB: true }), [0])
    const apart = reshape(b, t, [c.group, filters, count, channels])
    return [reshape(b, transpose(b, apart, [0, 1, 3, 2]), shape)]
  },
}

/** x as each tap sees it: [batch, channels, ...output] for every position of the kernel. */
function tapShifts({ b, x, c }: { b: Site['b']; x: string; c: Convolution }): string[] {
  const offsets = positions(c.kernel)
  if (allOnes(c.strides)) return offsets.map(k => box(b, x, startOf(c, k), c.output))
  const padded = padSpatial(b, x, c.begins, c.ends)
  return offsets.map(k => {
    const starts = startOf(c, k).map((start, i) => start + c.begins[i])
    return sliceSpatial(b, padded, starts, c.output, c.strides)
  })
}

const range = (length: number) => Array.from({ length }, (_, i) => i)

export const convWeightGradient = row(
  site => convolutionOf(site, ...shapesOf(site)),
  [
    blockedPoint,
    blockedInterleaved,
    blockedPerSample,
    blockedDepthwise,
    factorised,
    imageToColumns,
  ],
)

function shapesOf({ b, node }: Site): [readonly number[], readonly number[]] {
  return [b.shape(node.inputs[0]), b.shape(node.inputs[1])]
}
