import { sizeOf } from '../base/index.js'
import { int, ints } from '../onnx/index.js'
import { isBlockable } from './blocked/elementwise.js'
import { blockedFill } from './blocked/pool.js'
import { type Formulation, row, type Site } from './formulation.js'
import { allOnes, type Sliding, slidingOf } from './geometry.js'
import { padSpatial, reshape } from './phrases.js'

/**
 * temper::SumPoolGradient(dy) -> dx: every element of a window receives the window's dy.
 * The transpose of the sliding sum, of which average and power pools are made.
 */

export interface Pooling extends Sliding {
  readonly input: readonly number[]
  readonly output: readonly number[]
}

type Choice = Formulation<Pooling>

const read = (site: Site): Pooling => ({
  ...slidingOf(site),
  input: site.b.shape(site.node.outputs[0]).slice(2),
  output: site.b.shape(site.node.inputs[0]).slice(2),
})

/** One window over everything. */
const isWhole = (p: Pooling) =>
  allOnes(p.output) &&
  allOnes(p.dilations) &&
  p.input.every((size, i) => p.begins[i] === 0 && size <= p.kernel[i])

/** In blocked layout, for who reads it so. */
const filled: Choice = {
  ...blockedFill,
  applies: (p, site) => isWhole(p) && isBlockable(site, site.node.outputs[0]),
}

const whole: Choice = {
  name: 'expand',
  column: 'portable',
  applies: isWhole,
  emit: ({ b, node }) => [b.emit('Expand', [node.inputs[0], b.ints(b.shape(node.outputs[0]))])],
}

/** Stride 1: the transpose of a sliding sum is a sliding sum, padded by dilation (kernel - 1) - begin. */
const sliding: Choice = {
  name: 'sliding mean',
  column: 'portable',
  applies: p => allOnes(p.strides),
  emit({ b, node }, p) {
    const reach = p.kernel.map((size, i) => (size - 1) * p.dilations[i])
    const begins = reach.map((r, i) => r - p.begins[i])
    const ends = begins.map((begin, i) => p.input[i] + reach[i] - p.output[i] - begin)
    const framed = padSpatial(b, node.inputs[0], begins, ends)
    const mean = b.emit('AveragePool', [framed], {
      kernel_shape: ints(p.kernel),
      strides: ints(p.strides),
      dilations: ints(p.dilations),
    })
    return [b.emit('Mul', [mean, b.scalar(sizeOf(p.kernel))])]
  },
}

/** A transposed convolution of each plane alone, with a kernel of ones. */
const transposed: Choice = {
  name: 'transposed convolution with ones',
  column: 'portable',
  applies: () => true,
  emit({ b, node }, p) {
    const [dy] = node.inputs
    const [batch, channels] = b.shape(dy)
    const planes = reshape(b, dy, [batch * channels, 1, ...p.output])
    const dx = b.emit('ConvTranspose', [planes, ones(b, p.kernel)], {
      kernel_shape: ints(p.kernel),
      strides: ints(p.strides),
      dilations: ints(p.dilations),
      group: int(1),
    })
    const reached = b.shape(dx).slice(2)
    const behind = p.input.map((size, i) => size + p.begins[i] - reached[i])
    const framed = padSpatial(
      b,
      dx,
      p.begins.map(begin => 0 - begin),
      behind,
    )
    return [reshape(b, framed, [batch, channels, ...p.input])]
  },
}

function ones(b: Site['b'], kernel: readonly number[]): string {
  const shape = [1, 1, ...kernel]
  return b.constant({ dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)).fill(1) })
}

export const sumPoolGradient = row(read, [filled, whole, sliding, transposed])
