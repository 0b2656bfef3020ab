import { sharedKernels } from '../../../kernels/index.js'
import { share } from '../../level.js'
import { defineInput } from '../define.js'
import { imageNetC, preset } from './define.js'
import { floorToBytes } from './picture.js'

const five = (rows: number[], published?: number) => preset(['amount'], rows, published)

/** A share of the values, each channel by itself, becomes black or white alike. */
export const impulseNoise = defineInput({
  kind: 'impulse_noise',
  what: 'Turns a share of the values into black or white, each as likely.',
  modality: 'image',
  heldOut: true,
  like: 'salt_and_pepper',
  unit: 'share of values replaced',
  levels: { amount: share('share of values replaced', 0.03) },
  identity: { amount: 0 },
  paper: imageNetC,
  presets: {
    'imagenet-c/224': five([0.03, 0.06, 0.09, 0.17, 0.27]),
    'imagenet-c/299': five([0.04, 0.07, 0.1, 0.18, 0.28]),
    'tiny-imagenet-c': five([0.01, 0.02, 0.05, 0.08, 0.14]),
    'cifar-c': five([0.01, 0.02, 0.03, 0.05, 0.07]),
    'mnist-c': five([0.03, 0.06, 0.09, 0.17, 0.27], 4),
  },
  apply(x, out, { amount }, key) {
    const half = amount / 2
    sharedKernels().replace(x, out, { lowShare: half, highShare: half, low: 0, high: 1 }, key)
    floorToBytes(out)
  },
})
