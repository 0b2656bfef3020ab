import { type ResizePlan, resizePlan } from '../../src/onnx/index.js'
import { type Call, elementAt, type Kernel, type Kernels, range, sum, type Value } from './call.js'

/** Input positions and their weights for one output position; undefined: extrapolate. */
type Taps = { at: number; weight: number }[] | undefined

/** The input coordinate of output position `i` on one axis. */
function coordinate(call: Call, plan: ResizePlan, axis: number, i: number): number {
  const [size, scale] = [call.shape(0)[axis], plan.scales[axis]]
  const out = plan.output[axis]
  switch (call.text('coordinate_transformation_mode', 'half_pixel')) {
    case 'align_corners':
      return out === 1 ? 0 : (i * (size - 1)) / (out - 1)
    case 'asymmetric':
      return i / scale
    case 'pytorch_half_pixel':
      return out === 1 ? 0 : (i + 0.5) / scale - 0.5
    case 'half_pixel_symmetric':
      return (size / 2) * (1 - out / (scale * size)) + (i + 0.5) / scale - 0.5
    case 'tf_crop_and_resize': {
      const [start, end] = [plan.roi![axis], plan.roi![axis + plan.output.length]]
      if (out === 1) return ((end + start) * (size - 1)) / 2
      return start * (size - 1) + (i * (end - start) * (size - 1)) / (out - 1)
    }
    default:
      return (i + 0.5) / scale - 0.5
  }
}

const triangle = (x: number) => Math.max(0, 1 - Math.abs(x))

function cubicKernel(a: number): (x: number) => number {
  return signed => {
    const x = Math.abs(signed)
    if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1
    return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0
  }
}

function nearest(mode: string, x: number): number {
  if (mode === 'floor') return Math.floor(x)
  if (mode === 'ceil') return Math.ceil(x)
  return mode === 'round_prefer_ceil' ? Math.floor(x + 0.5) : Math.ceil(x - 0.5)
}

/** Weights of a filter of the given reach around `x`; antialias widens it when shrinking. */
function filtered(x: number, reach: number, stretch: number, kernel: (x: number) => number) {
  const base = Math.ceil(x) - 1
  const start = Math.floor(-reach / stretch) + 1
  const taps = range(2 * (1 - start)).map(k => {
    const at = base + start + k
    return { at, weight: kernel((at - x) * stretch) }
  })
  return normalized(taps)
}

function normalized(taps: { at: number; weight: number }[]) {
  const total = sum(taps.map(({ weight }) => weight))
  return taps.map(({ at, weight }) => ({ at, weight: weight / total }))
}

function tapsOf(call: Call, plan: ResizePlan, axis: number, i: number): Taps {
  const size = call.shape(0)[axis]
  if (plan.scales[axis] === 1 && plan.output[axis] === size && !plan.roi)
    return [{ at: i, weight: 1 }]
  const x = coordinate(call, plan, axis, i)
  if (plan.roi && (x < 0 || x > size - 1)) return undefined
  const mode = call.text('mode', 'nearest')
  const inside = (at: number) => Math.min(size - 1, Math.max(0, at))
  if (mode === 'nearest')
    return [{ at: inside(nearest(call.text('nearest_mode', 'round_prefer_floor'), x)), weight: 1 }]
  const stretch = call.int('antialias', 0) ? Math.min(1, plan.scales[axis]) : 1
  const taps =
    mode === 'linear'
      ? filtered(x, 1, stretch, triangle)
      : filtered(x, 2, stretch, cubicKernel(call.float('cubic_coeff_a', -0.75)))
  if (call.int('exclude_outside', 0) === 1)
    return normalized(taps.filter(({ at }) => at >= 0 && at < size))
  return taps.map(({ at, weight }) => ({ at: inside(at), weight }))
}

/** The product of the axes' weights over the box of their positions. */
function weigh(x: Value, taps: { at: number; weight: number }[][], head: number[] = []): number {
  const axis = head.length
  if (axis === taps.length) return elementAt(x, head)
  return sum(
    taps[axis]
      .filter(({ weight }) => weight !== 0)
      .map(({ at, weight }) => weight * weigh(x, taps, [...head, at])),
  )
}

const resize: Kernel = call => {
  const plan = resizePlan(call)
  const outside = call.float('extrapolation_value', 0)
  const byAxis = plan.output.map((size, axis) => range(size).map(i => tapsOf(call, plan, axis, i)))
  return [
    call.fill(index => {
      const taps = index.map((i, axis) => byAxis[axis][i])
      return taps.every(t => t !== undefined) ? weigh(call.value(0), taps) : outside
    }),
  ]
}

export const resizeKernels: Kernels = { Resize: resize }
