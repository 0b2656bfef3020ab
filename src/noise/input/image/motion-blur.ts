import { Random } from '../../../base/index.js'
import { amount } from '../../level.js'
import { defineCorruption, imageNetC, preset } from './define.js'
import { motionBlur as blur } from './motion.js'
import { bytesOf, mapPlanes } from './picture.js'

const names = ['radius', 'sigma']
const common = [
  [10, 3],
  [15, 5],
  [15, 8],
  [15, 12],
  [20, 15],
]

/** Half a Gaussian along a direction within 45 degrees of the horizontal. */
export const motionBlur = defineCorruption({
  kind: 'motion_blur',
  what: 'Smears the image in one random direction, as a moving camera does.',
  unit: 'length and standard deviation of the trail in pixels',
  levels: {
    radius: amount('half the length of the trail', 'pixels', 10),
    sigma: { what: 'how slowly the trail fades', unit: 'pixels', range: [1e-3, 1e3], default: 3 },
  },
  identity: { radius: 0 },
  paper: imageNetC,
  scale: ({ radius, sigma }, gain) => ({
    radius: radius * gain,
    sigma: Math.max(1e-3, sigma * gain),
  }),
  presets: {
    'imagenet-c/224': preset(names, common),
    'imagenet-c/299': preset(names, [
      [12, 4],
      [17, 6],
      [17, 9],
      [17, 13],
      [22, 16],
    ]),
    'tiny-imagenet-c': preset(names, [
      [10, 1],
      [10, 1.5],
      [10, 2],
      [10, 2.5],
      [12, 3],
    ]),
    'cifar-c': preset(names, [
      [6, 1],
      [6, 1.5],
      [6, 2],
      [8, 2],
      [9, 2.5],
    ]),
    'mnist-c': preset(names, common, 1),
  },
  corrupt(picture, { radius, sigma }, key) {
    const degrees = new Random(key).float() * 90 - 45
    return mapPlanes(picture, plane => {
      const bytes = new Float64Array(bytesOf(plane))
      return blur(bytes, picture.height, picture.width, { radius, sigma, degrees })
    })
  },
})
