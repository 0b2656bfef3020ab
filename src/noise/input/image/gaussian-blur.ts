import { amount } from '../../level.js'
import { gaussianBlur as blur } from './blur.js'
import { defineCorruption, imageNetC, preset } from './define.js'
import { mapPlanes, toByteRange } from './picture.js'

const five = (rows: number[]) => preset(['sigma'], rows)

/** Gaussian kernel to 4 sigma, edges repeated. */
export const gaussianBlur = defineCorruption({
  kind: 'gaussian_blur',
  like: 'blur',
  what: 'Blurs the image with a Gaussian kernel.',
  unit: 'standard deviation of the kernel in pixels',
  levels: { sigma: amount('standard deviation of the kernel', 'pixels', 1) },
  identity: { sigma: 0 },
  deterministic: true,
  paper: imageNetC,
  presets: {
    'imagenet-c/224': five([1, 2, 3, 4, 6]),
    'imagenet-c/299': five([1.5, 2.5, 3.5, 4.5, 6.5]),
    'tiny-imagenet-c': five([0.5, 0.75, 1, 1.25, 1.5]),
    'cifar-c': five([0.4, 0.6, 0.7, 0.8, 1]),
  },
  corrupt: (picture, { sigma }) =>
    toByteRange(mapPlanes(picture, plane => blur(plane, picture.height, picture.width, sigma))),
})
