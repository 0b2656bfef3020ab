import { int, ints } from '../onnx/index.js'
import { blockedFlipped, blockedPhases, blockedSpaced } from './blocked/input-gradient.js'
import { type Formulation, row } from './formulation.js'
import { allOnes, type Convolution, convolutionOf, isDepthwise } from './geometry.js'
import { turned } from './turned.js'

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
    return [b.emit('Conv', [dy, turned(site.b, w, c)], attributes)]
  },
}

function flippedPads(c: Convolution): number[] {
  const reach = c.kernel.map((size, i) => (size - 1) * c.dilations[i])
  const begins = reach.map((r, i) => r - c.begins[i])
  const ends = begins.map((begin, i) => c.input[i] + reach[i] - c.output[i] - begin)
  return [...begins, ...ends]
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
  [blockedFlipped, blockedSpaced, blockedPhases, flipped, transposed],
)
