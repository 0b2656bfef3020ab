import type { Key } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { amount } from '../../level.js'
import type { Level } from '../../types.js'
import { filter, gaussianBlur } from './blur.js'
import { blendField, defineCorruption, imageNetC, mnistC, preset } from './define.js'
import { distanceToMarks } from './distance.js'
import { cannyOfBytes } from './edges.js'
import { clamp, mapPlanes, type Picture } from './picture.js'

const names = ['mean', 'deviation', 'sigma', 'threshold', 'intensity', 'mud']
const five = (rows: number[][]) => preset(names, rows)
const large = [
  [0.65, 0.3, 4, 0.69, 0.6, 0],
  [0.65, 0.3, 3, 0.68, 0.6, 0],
  [0.65, 0.3, 2, 0.68, 0.5, 0],
  [0.65, 0.3, 1, 0.65, 1.5, 1],
  [0.67, 0.4, 1, 0.65, 1.5, 1],
]
const inception = [
  [0.65, 0.3, 4, 0.69, 0.9, 0],
  [0.65, 0.3, 3.5, 0.68, 0.9, 0],
  [0.65, 0.3, 3, 0.68, 0.8, 0],
  [0.65, 0.3, 1.2, 0.65, 1.8, 1],
  [0.67, 0.4, 1.2, 0.65, 1.8, 1],
]
const tiny = [
  [0.62, 0.1, 0.7, 0.7, 0.6, 0],
  [0.65, 0.1, 0.8, 0.7, 0.6, 0],
  [0.65, 0.3, 1, 0.69, 0.6, 0],
  [0.65, 0.1, 0.7, 0.68, 0.6, 1],
  [0.65, 0.1, 0.5, 0.67, 0.6, 1],
]
const cifar = [
  [0.62, 0.1, 0.7, 0.7, 0.5, 0],
  [0.65, 0.1, 0.8, 0.7, 0.5, 0],
  [0.65, 0.3, 1, 0.69, 0.5, 0],
  [0.65, 0.1, 0.7, 0.69, 0.6, 1],
  [0.65, 0.1, 0.5, 0.68, 0.6, 1],
]
/** MNIST-C has mud only, whatever the table says. */
const muddy = large.map(row => [...row.slice(0, 5), 1])

const mudColour = [63, 42, 20]
const waterColour = [175, 238, 238]

/** Smoothed noise above a threshold is a splash of mud, or of water lit at its edges. */
export const spatter = defineCorruption({
  kind: 'spatter',
  what: 'Splashes water or mud on the lens.',
  unit: 'threshold and intensity of the splashes',
  levels: {
    mean: { what: 'mean of the noise', unit: 'pixel units', range: [-1, 1], default: 0.65 },
    deviation: amount('standard deviation of the noise', 'pixel units', 0.3),
    sigma: amount('standard deviation of its blur', 'pixels', 4),
    threshold: {
      what: 'noise above this is liquid',
      unit: 'pixel units',
      range: [0, 2],
      default: 0.69,
    },
    intensity: amount('brightness of water, or blur of the edge of mud in pixels', 'none', 0.6),
    mud: { what: '1 mud, 0 water', unit: '0 or 1', range: [0, 1], default: 0, whole: true },
    blend: blendField,
  },
  identity: { blend: 0 },
  paper: `${imageNetC}; ${mnistC}`,
  presets: {
    'imagenet-c/224': five(large),
    'imagenet-c/299': five(inception),
    'tiny-imagenet-c': five(tiny),
    'cifar-c': five(cifar),
    'mnist-c': preset(names, muddy, 4),
  },
  corrupt(picture, level, key) {
    const liquid = liquidLayer(picture, level, key)
    return level.mud ? mud(picture, liquid, level) : water(picture, liquid, level)
  },
})

function liquidLayer({ height, width }: Picture, level: Level, key: Key): Float64Array {
  const draws = new Float32Array(height * width)
  sharedKernels().normal(draws, level.deviation, key)
  const noise = Float64Array.from(draws, value => value + level.mean)
  const smooth = gaussianBlur(noise, height, width, level.sigma)
  return smooth.map(value => (value < level.threshold ? 0 : value))
}

/** Mud where the liquid is above its threshold. */
export function mud(
  picture: Picture,
  liquid: Float64Array,
  { threshold, intensity }: Level,
): Picture {
  const { height, width } = picture
  const drops = liquid.map(value => (value > threshold ? 1 : 0))
  const cover = gaussianBlur(drops, height, width, intensity).map(value =>
    value < 0.8 ? 0 : value,
  )
  return mapPlanes(picture, (plane, c) =>
    plane.map((value, i) => {
      const colour = mudColour[c % 3] / 255
      return clamp(value * (1 - cover[i]) + colour * cover[i]) * 255
    }),
  )
}

/** Pale water, brightest along its edges. */
export function water(picture: Picture, liquid: Float64Array, { intensity }: Level): Picture {
  const bytes = liquid.map(value => Math.floor(value * 255) & 255)
  const light = edgeLight(bytes, picture.height, picture.width)
  const shine = bytes.map((value, i) => value * light[i])
  const most = shine.reduce((a, b) => Math.max(a, b))
  const scale = most > 0 ? intensity / most : 0
  return mapPlanes(picture, (plane, c) =>
    plane.map((value, i) => clamp(value + shine[i] * scale * (waterColour[c % 3] / 255)) * 255),
  )
}

const relief = Float64Array.from([-2, -1, 0, -1, 1, 1, 0, 1, 2])
const ninth = new Float64Array(9).fill(1 / 9)

/** How water catches light: distance from its edges, spread over all bytes, in relief, softened. */
function edgeLight(bytes: Float64Array, height: number, width: number): Float64Array {
  const edges = cannyOfBytes(bytes, height, width, 50, 150)
  const near = distanceToMarks(edges, height, width).map(value => Math.min(20, value))
  const soft = filter(near, height, width, ninth).map(value => Math.floor(value + 1e-6))
  const raised = filter(equalized(soft), height, width, relief).map(value => clamp(value, 0, 255))
  return filter(raised, height, width, ninth).map(Math.round)
}

/** Histogram equalisation of bytes. */
function equalized(bytes: Float64Array): Float64Array {
  const counts = new Float64Array(256)
  for (const byte of bytes) counts[byte]++
  const first = counts.findIndex(count => count > 0)
  if (counts[first] === bytes.length) return bytes
  const scale = Math.fround(255 / (bytes.length - counts[first]))
  const table = new Float64Array(256)
  let sum = 0
  for (let byte = first + 1; byte < 256; byte++) {
    sum += counts[byte]
    table[byte] = clamp(Math.round(sum * scale), 0, 255)
  }
  return bytes.map(byte => table[byte])
}
