import { sharedKernels } from '../../../kernels/index.js'
import { defineInput } from '../define.js'
import { imageNetC, preset } from './define.js'
import { floorToBytes } from './picture.js'

const five = (rows: number[], published?: number) => preset(['photons'], rows, published)

/** floor(255 clip(Poisson(photons x) / photons)) / 255. */
export const shotNoise = defineInput({
  kind: 'shot_noise',
  what: 'Counts photons: every value becomes a Poisson number of that mean.',
  modality: 'image',
  heldOut: true,
  like: 'poisson',
  unit: 'photons at white; fewer is noisier',
  levels: {
    photons: { what: 'mean count at white', unit: 'counts', range: [1e-3, Infinity], default: 60 },
  },
  identity: { photons: Infinity },
  paper: imageNetC,
  // Half the noise is a quarter of the variance: four times the photons.
  scale: ({ photons }, gain) => ({ photons: photons / gain ** 2 }),
  presets: {
    'imagenet-c/224': five([60, 25, 12, 5, 3]),
    'imagenet-c/299': five([50, 20, 10, 5, 3]),
    'tiny-imagenet-c': five([250, 100, 50, 30, 15]),
    'cifar-c': five([500, 250, 100, 75, 50]),
    'mnist-c': five([60, 25, 12, 5, 3], 5),
  },
  apply(x, out, { photons }, key) {
    sharedKernels().poisson(x, out, { scale: photons, low: 0, high: 1 }, key)
    floorToBytes(out)
  },
})
