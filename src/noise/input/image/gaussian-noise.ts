import { sharedKernels } from '../../../kernels/index.js'
import { amount } from '../../level.js'
import { defineInput } from '../define.js'
import { imageNetC, preset } from './define.js'
import { floorToBytes } from './picture.js'

const five = (rows: number[]) => preset(['sigma'], rows)

/** floor(255 clip(x + sigma N(0, 1))) / 255. */
export const gaussianNoise = defineInput({
  kind: 'gaussian_noise',
  what: 'Adds normal noise to every value of the image.',
  modality: 'image',
  heldOut: true,
  like: 'gaussian',
  unit: 'standard deviation, of pixels in [0,1]',
  levels: { sigma: amount('standard deviation', 'pixel units', 0.08) },
  identity: { sigma: 0 },
  paper: imageNetC,
  presets: {
    'imagenet-c/224': five([0.08, 0.12, 0.18, 0.26, 0.38]),
    'imagenet-c/299': five([0.09, 0.13, 0.19, 0.27, 0.4]),
    'tiny-imagenet-c': five([0.04, 0.08, 0.12, 0.15, 0.18]),
    'cifar-c': five([0.04, 0.06, 0.08, 0.09, 0.1]),
  },
  apply(x, out, { sigma }, key) {
    sharedKernels().gaussian(x, out, { sigma, low: 0, high: 1 }, key)
    floorToBytes(out)
  },
})
