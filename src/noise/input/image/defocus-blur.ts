import { amount } from '../../level.js'
import { filter } from './blur.js'
import { defineCorruption, imageNetC, preset } from './define.js'
import { diskKernel } from './disk.js'
import { mapPlanes, toByteRange } from './picture.js'

const five = (rows: number[][]) => preset(['radius', 'softness'], rows)

/** Correlation with a softened disk, edges mirrored. */
export const defocusBlur = defineCorruption({
  kind: 'defocus_blur',
  what: 'Blurs the image as a lens out of focus does.',
  unit: 'radius of the disk in pixels',
  levels: {
    radius: amount('radius of the disk', 'pixels', 3),
    softness: {
      what: 'standard deviation of the Gaussian that softens the disk',
      unit: 'pixels',
      range: [0.01, 10],
      default: 0.1,
    },
  },
  identity: { radius: 0 },
  deterministic: true,
  paper: imageNetC,
  presets: {
    'imagenet-c/224': five([
      [3, 0.1],
      [4, 0.5],
      [6, 0.5],
      [8, 0.5],
      [10, 0.5],
    ]),
    'imagenet-c/299': five([
      [4, 0.1],
      [5, 0.5],
      [7, 0.5],
      [10, 0.5],
      [12, 0.5],
    ]),
    'tiny-imagenet-c': five([
      [0.5, 0.6],
      [1, 0.1],
      [1.5, 0.1],
      [2.5, 0.01],
      [3, 0.1],
    ]),
    'cifar-c': five([
      [0.3, 0.4],
      [0.4, 0.5],
      [0.5, 0.6],
      [1, 0.2],
      [1.5, 0.1],
    ]),
  },
  corrupt(picture, { radius, softness }) {
    const kernel = diskKernel(radius, softness)
    return toByteRange(
      mapPlanes(picture, plane => filter(plane, picture.height, picture.width, kernel)),
    )
  },
})
