import { sharedKernels } from '../../../kernels/index.js'
import { amount } from '../../level.js'
import { defineInput } from '../define.js'
import { imageNetC, preset } from './define.js'
import { floorToBytes } from './picture.js'

const five = (rows: number[]) => preset(['sigma'], rows)

/** floor(255 clip(x + x sigma N(0, 1))) / 255. */
export const speckleNoise = defineInput({
  kind: 'speckle_noise',
  what: 'Multiplies every value by a normal number around one.',
  modality: 'image',
  heldOut: true,
  like: 'speckle',
  unit: 'standard deviation over the value itself',
  levels: { sigma: amount('standard deviation of the factor', 'share', 0.15) },
  identity: { sigma: 0 },
  paper: imageNetC,
  presets: {
    'imagenet-c/224': five([0.15, 0.2, 0.35, 0.45, 0.6]),
    'imagenet-c/299': five([0.16, 0.21, 0.36, 0.46, 0.61]),
    'tiny-imagenet-c': five([0.15, 0.2, 0.25, 0.3, 0.35]),
    'cifar-c': five([0.06, 0.1, 0.12, 0.16, 0.2]),
  },
  apply(x, out, { sigma }, key) {
    sharedKernels().speckle(x, out, { sigma, low: 0, high: 1 }, key)
    floorToBytes(out)
  },
})
