import { int, ints } from '../onnx/index.js'
import type { Formulation, Site } from './formulation.js'
import { row } from './formulation.js'
import { allOnes, type Convolution, convolutionOf, isDepthwise } from './geometry.js'
import { reshape, transpose } from './phrases.js'

/**
 * temper::ConvInputGradient(dy, w) -> dx, w [filters, channels / group, ...kernel].
 * dx[n, c, i] = sum over o, p, k with p stride + k dilation - begin = i of dy[n, o, p] w[o, c, k]
 */

type Choice = Formulation<Convolution>

/** For stride 1: dx = dy * w turned around, padded by dilation (kernel - 1) - begin. */
const flipped: Choice = {
  name: 'flipped convolution',
  column: 'portable',
  applies: c =>
    allOnes(c.strides) &&
    flippedPads(c).every(pad => pad >= 0) &&
    (isDepthwise(c) || (c.group === 1 && allOnes(c.kernel))),
  emit(site, c) {
    const { b, node } = site
    const [dy, w] = node.inputs
    const attributes = {
      kernel_shape: ints(c.kernel),
      strides: ints(c.strides),
      dilations: ints(c.dilations),
      pads: ints(flippedPads(c)),
      group: int(c.group),
    }
    return [b.emit('Conv', [dy, turned(site, w, c)], attributes)]
  },
}

function flippedPads(c: Convolution): number[] {
  const reach = c.kernel.map((size, i) => (size - 1) * c.dilations[i])
  const begins = reach.map((r, i) => r - c.begins[i])
  const ends = begins.map((begin, i) => c.input[i] + reach[i] - c.output[i] - begin)
  return [...begins, ...ends]
}

/** w [filters, channels / group, ...kernel] as [channels, filters / group, ...kernel], taps reversed. */
function turned({ b }: Site, w: string, c: Convolution): string {
  const [channels, filters] = [c.channels / c.group, c.filters / c.group]
  const taps = c.kernel.map((_, i) => i + 3)
  const apart = reshape(b, w, [c.group, filters, channels, ...c.kernel])
  const swapped = channels === 1 || filters === 1 ? w : transpose(b, apart, [0, 2, 1, ...taps])
  const shaped = reshape(b, swapped, [c.channels, filters, ...c.kernel])
  return allOnes(c.kernel) ? shaped : reversed(b, shaped, c.kernel.length)
}

function reversed(b: Site['b'], w: string, rank: number): string {
  const spatial = Array.from({ length: rank }, (_, i) => i + 2)
  const all = (value: number) => b.ints(spatial.map(() => value))
  return b.emit('Slice', [w, all(-1), all(-(2 ** 31)), b.ints(spatial), all(-1)])
}

/** dx = the transposed convolution of dy; what the stride leaves over at the end is output padding. */
const transposed: Choice = {
  name: 'transposed convolution',
  column: 'portable',
  applies: () => true,
  emit({ b, node }, c) {
    const attributes = {
      kernel_shape: ints(c.kernel),
      strides: ints(c.strides),
      dilations: ints(c.dilations),
      pads: ints([...c.begins, ...c.ends]),
      output_padding: ints(leftOver(c)),
      group: int(c.group),
    }
    return [b.emit('ConvTranspose', node.inputs, attributes)]
  },
}

/** Input behind the last window: input - ((output - 1) stride + dilation (kernel - 1) + 1 - pads). */
function leftOver(c: Convolution): number[] {
  return c.input.map((size, i) => {
    const reach = (c.output[i] - 1) * c.strides[i] + (c.kernel[i] - 1) * c.dilations[i] + 1
    return size + c.begins[i] + c.ends[i] - reach
  })
}

export const convInputGradient = row(
  site =>
    convolutionOf(site, site.b.shape(site.node.outputs[0]), site.b.shape(site.node.inputs[0])),
  [flipped, transposed],
)
