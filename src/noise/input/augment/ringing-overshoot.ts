import { exactCos, exactSin } from '../../../base/index.js'
import { borderIndex } from '../image/blur.js'
import { mapPlanes } from '../image/picture.js'
import { defineImage } from './define.js'

/** The picture and its share without the frequencies above the cutoff, cut off sharply: edges ring. */
export const ringingOvershoot = defineImage({
  kind: 'ringing_overshoot',
  what: 'Cuts off the fine frequencies so sharply that edges overshoot and ring.',
  unit: 'share of the filtered image in the result',
  levels: {
    blend: {
      what: 'share of the filtered image in the result',
      unit: 'share',
      range: [0, 1],
      default: 1,
    },
    cutoff: {
      what: 'largest frequency kept',
      unit: 'radians a pixel',
      range: [0.2, 3.14],
      default: 1,
    },
    radius: {
      what: 'the kernel is 2 radius + 1 wide',
      unit: 'pixels',
      range: [1, 15],
      default: 7,
      whole: true,
    },
  },
  identity: { blend: 0 },
  deterministic: true,
  paper:
    'Wang et al. 2021, Real-ESRGAN: training real-world blind super-resolution with pure synthetic data (sinc filter); Albumentations RingingOvershoot',
  change(picture, { blend, cutoff, radius }) {
    const { height, width } = picture
    const kernel = ringKernel(cutoff, radius)
    return mapPlanes(picture, plane => {
      const ringing = filtered(plane, height, width, kernel, radius)
      return plane.map((value, i) => value + blend * (ringing[i] - value))
    })
  },
})

/** c J1(c r) / (2 pi r), which keeps a disk of frequencies; within a square, adding up to 1. */
export function ringKernel(cutoff: number, radius: number): Float64Array {
  const side = 2 * radius + 1
  const kernel = Float64Array.from({ length: side * side }, (_, i) => {
    const r = Math.sqrt((Math.floor(i / side) - radius) ** 2 + ((i % side) - radius) ** 2)
    return r === 0
      ? cutoff ** 2 / (4 * Math.PI)
      : (cutoff * besselOne(cutoff * r)) / (2 * Math.PI * r)
  })
  const sum = kernel.reduce((a, b) => a + b)
  return kernel.map(value => value / sum)
}

/** J1(x), the mean of cos(t - x sin t) over a turn: 128 places are exact to rounding for |x| < 80. */
export function besselOne(x: number): number {
  let sum = 0
  for (let k = 0; k < 128; k++) {
    const t = (2 * Math.PI * k) / 128
    sum += exactCos(t - x * exactSin(t))
  }
  return sum / 128
}

function filtered(
  plane: Float64Array,
  height: number,
  width: number,
  kernel: Float64Array,
  radius: number,
): Float64Array {
  const side = 2 * radius + 1
  const columns = Int32Array.from({ length: width + 2 * radius }, (_, i) =>
    borderIndex(i - radius, width, 'mirror'),
  )
  const out = new Float64Array(plane.length)
  for (let y = 0; y < height; y++)
    for (let dy = 0; dy < side; dy++) {
      const row = borderIndex(y + dy - radius, height, 'mirror') * width
      for (let x = 0; x < width; x++) {
        let sum = 0
        for (let dx = 0; dx < side; dx++)
          sum += kernel[dy * side + dx] * plane[row + columns[x + dx]]
        out[y * width + x] += sum
      }
    }
  return out
}
