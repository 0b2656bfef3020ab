import type { Node } from '../onnx/index.js'
import { floatOf, intOf, textOf } from '../onnx/index.js'

/** One axis of a Resize: sizes, scale, and the crop box of tf_crop_and_resize. */
export interface ResizeAxis {
  readonly input: number
  readonly output: number
  readonly scale: number
  readonly roi: readonly [number, number]
}

/** How each element of the output axis weighs those of the input axis: row-major [output, input]. */
export function resizeWeights(node: Node, axis: ResizeAxis): Float64Array {
  const weights = new Float64Array(axis.output * axis.input)
  const crop = transformation(node) === 'tf_crop_and_resize'
  for (let i = 0; i < axis.output; i++) {
    const at = originalCoordinate(node, axis, i)
    if (crop && (at < 0 || at > axis.input - 1)) continue
    for (const [index, weight] of tapsOf(node, axis, at))
      weights[i * axis.input + clamp(index, axis.input)] += weight
  }
  return weights
}

const clamp = (index: number, size: number) => Math.max(0, Math.min(size - 1, index))

const transformation = (node: Node) => textOf(node, 'coordinate_transformation_mode', 'half_pixel')

const f = Math.fround

/** Step by step in single precision, as ONNX Runtime computes it: a tie decides what is nearest. */
function originalCoordinate(node: Node, axis: ResizeAxis, i: number): number {
  const { input, output, scale } = axis
  const place = f((i + 0.5) / scale)
  switch (transformation(node)) {
    case 'asymmetric':
      return f(i / scale)
    case 'align_corners':
      return output === 1 ? 0 : f(f(i * (input - 1)) / (output - 1))
    case 'pytorch_half_pixel':
      return output === 1 ? 0 : f(place - 0.5)
    case 'half_pixel_symmetric': {
      const adjustment = f(output / f(scale * input))
      return f(f(f((input / 2) * f(1 - adjustment)) + place) - 0.5)
    }
    case 'tf_crop_and_resize':
      return cropped(axis, i)
    default:
      return f(place - 0.5)
  }
}

function cropped({ input, output, roi }: ResizeAxis, i: number): number {
  const [start, end] = roi.map(f)
  if (output === 1) return f(0.5 * f(start + end) * (input - 1))
  const step = f(f(f(i * f(end - start)) * (input - 1)) / (output - 1))
  return f(f(start * (input - 1)) + step)
}

type Taps = [index: number, weight: number][]

/** The input elements that one output element is made of; indices may lie outside. */
function tapsOf(node: Node, axis: ResizeAxis, at: number): Taps {
  const mode = textOf(node, 'mode', 'nearest')
  if (mode === 'nearest')
    return [[nearest(textOf(node, 'nearest_mode', 'round_prefer_floor'), at), 1]]
  const isCubic = mode === 'cubic'
  const kernel = isCubic ? cubic(floatOf(node, 'cubic_coeff_a', -0.75)) : triangle
  const shrunk = intOf(node, 'antialias', 0) === 1 ? Math.max(1, 1 / axis.scale) : 1
  const reach = (isCubic ? 2 : 1) * shrunk
  const taps: Taps = []
  for (let index = Math.floor(at - reach) + 1; index <= Math.ceil(at + reach) - 1; index++)
    taps.push([index, kernel((index - at) / shrunk)])
  const inside = ([index]: Taps[number]) => index >= 0 && index < axis.input
  const kept = intOf(node, 'exclude_outside', 0) === 1 ? taps.filter(inside) : taps
  const total = kept.reduce((sum, [, weight]) => sum + weight, 0)
  return kept.map(([index, weight]) => [index, weight / total])
}

function nearest(mode: string, at: number): number {
  if (mode === 'floor') return Math.floor(at)
  if (mode === 'ceil') return Math.ceil(at)
  const isTie = at - Math.floor(at) === 0.5
  if (isTie) return mode === 'round_prefer_ceil' ? Math.ceil(at) : Math.floor(at)
  return Math.round(at)
}

const triangle = (x: number) => Math.max(0, 1 - Math.abs(x))

/** Keys 1981, "Cubic convolution interpolation for digital image processing", equation 15. */
const cubic = (a: number) => (x: number) => {
  const t = Math.abs(x)
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0
}
