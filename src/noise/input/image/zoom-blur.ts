import { defineCorruption, imageNetC, preset } from './define.js'
import { clamp, mapPlanes } from './picture.js'
import { clippedZoom } from './zoom.js'

const names = ['stop', 'step']
const wide = preset(names, [
  [1.11, 0.01],
  [1.16, 0.01],
  [1.21, 0.02],
  [1.26, 0.02],
  [1.31, 0.03],
])
const small = preset(names, [
  [1.06, 0.01],
  [1.11, 0.01],
  [1.16, 0.01],
  [1.21, 0.01],
  [1.26, 0.01],
])

/** 1, 1 + step, ... below stop, with the end effects of numpy.arange (the end itself at times). */
export function zoomFactors(stop: number, step: number): number[] {
  const length = Math.max(1, Math.ceil((stop - 1) / step))
  const delta = 1 + step - 1
  return Array.from({ length }, (_, i) => 1 + i * delta)
}

/** The mean of the image and of its centre at growing zoom. */
export const zoomBlur = defineCorruption({
  kind: 'zoom_blur',
  what: 'Smears the image outwards, as moving towards it does.',
  unit: 'largest zoom',
  levels: {
    stop: { what: 'zoom factors stay below this', unit: 'factor', range: [1, 4], default: 1.11 },
    step: {
      what: 'from one zoom factor to the next',
      unit: 'factor',
      range: [1e-3, 1],
      default: 0.01,
    },
  },
  identity: { stop: 1 },
  deterministic: true,
  paper: imageNetC,
  presets: {
    'imagenet-c/224': wide,
    'imagenet-c/299': wide,
    'tiny-imagenet-c': small,
    'cifar-c': small,
  },
  corrupt(picture, { stop, step }) {
    const { height, width } = picture
    const factors = zoomFactors(stop, step)
    return mapPlanes(picture, plane => meanOfZooms(plane, height, width, factors))
  },
})

/** In single precision, as published. */
function meanOfZooms(
  plane: Float64Array,
  height: number,
  width: number,
  factors: readonly number[],
): Float64Array {
  const { fround } = Math
  for (let i = 0; i < plane.length; i++) plane[i] = fround(plane[i])
  const sum = new Float32Array(plane.length)
  for (const factor of factors) {
    const zoomed = clippedZoom(plane, height, width, factor)
    for (let i = 0; i < sum.length; i++) sum[i] += fround(zoomed[i])
  }
  const out = new Float64Array(plane.length)
  for (let i = 0; i < out.length; i++) {
    const mean = fround(fround(plane[i] + sum[i]) / (factors.length + 1))
    out[i] = fround(clamp(mean) * 255)
  }
  return out
}
