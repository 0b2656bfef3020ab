import { fold, Random } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { amount, share } from '../../level.js'
import { blendField, defineCorruption, imageNetC, preset } from './define.js'
import { luma } from './luma.js'
import { motionBlur } from './motion.js'
import { clamp, mapPlanes } from './picture.js'
import { clippedZoom } from './zoom.js'

const names = ['mean', 'deviation', 'zoom', 'threshold', 'radius', 'sigma', 'keep']
const large = [
  [0.1, 0.3, 3, 0.5, 10, 4, 0.8],
  [0.2, 0.3, 2, 0.5, 12, 4, 0.7],
  [0.55, 0.3, 4, 0.9, 12, 8, 0.7],
  [0.55, 0.3, 4.5, 0.85, 12, 8, 0.65],
  [0.55, 0.3, 2.5, 0.85, 12, 12, 0.55],
]
const small = [
  [0.1, 0.2, 1, 0.6, 8, 3],
  [0.1, 0.2, 1, 0.5, 10, 4],
  [0.15, 0.3, 1.75, 0.55, 10, 4],
  [0.25, 0.3, 2.25, 0.6, 12, 6],
  [0.3, 0.3, 1.25, 0.65, 14, 12],
]
const keeping = (keep: number[]) =>
  preset(
    names,
    small.map((row, i) => [...row, keep[i]]),
  )

/**
 * Normal noise, zoomed and thresholded, falls as flakes smeared by motion at -135 to -45 degrees; the
 * image turns towards a brightened grey, and the flakes are added with their half-turn.
 */
export const snow = defineCorruption({
  kind: 'snow',
  what: 'Lets snow fall over a whitened image.',
  unit: 'mean and threshold of the flakes, share of the image kept',
  levels: {
    mean: { what: 'mean of the flake noise', unit: 'pixel units', range: [-1, 1], default: 0.1 },
    deviation: amount('standard deviation of the flake noise', 'pixel units', 0.3),
    zoom: { what: 'size of a flake', unit: 'factor', range: [1, 20], default: 3 },
    threshold: {
      what: 'noise below this is no flake',
      unit: 'pixel units',
      range: [0, 10],
      default: 0.5,
    },
    radius: amount('half the length of the trail', 'pixels', 10),
    sigma: { what: 'how slowly the trail fades', unit: 'pixels', range: [1e-3, 1e3], default: 4 },
    keep: share('share of the image that is not whitened', 0.8),
    blend: blendField,
  },
  identity: { blend: 0 },
  paper: imageNetC,
  presets: {
    'imagenet-c/224': preset(names, large),
    'imagenet-c/299': preset(names, large),
    'tiny-imagenet-c': keeping([0.8, 0.8, 0.7, 0.65, 0.6]),
    'cifar-c': keeping([0.95, 0.9, 0.9, 0.85, 0.8]),
  },
  corrupt(picture, level, key) {
    const { height, width } = picture
    const draws = new Float32Array(height * width)
    sharedKernels().normal(draws, level.deviation, fold(key, 0))
    const noise = Float64Array.from(draws, value => value + level.mean)
    const flakes = clippedZoom(noise, height, width, level.zoom).map(value =>
      value < level.threshold ? 0 : Math.floor(clamp(value) * 255),
    )
    const degrees = new Random(fold(key, 1)).float() * 90 - 135
    const layer = motionBlur(flakes, height, width, {
      radius: level.radius,
      sigma: level.sigma,
      degrees,
    })
    const grey = luma(picture)
    const last = layer.length - 1
    return mapPlanes(picture, plane =>
      plane.map((value, i) => {
        const white = Math.max(value, grey[i] * 1.5 + 0.5)
        const base = level.keep * value + (1 - level.keep) * white
        return clamp(base + (layer[i] + layer[last - i]) / 255) * 255
      }),
    )
  },
})
