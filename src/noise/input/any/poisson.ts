import { sharedKernels } from '../../../kernels/index.js'
import { clipOf } from '../../context.js'
import { defineInput } from '../define.js'

/** clip(Poisson(photons x) / photons); the fewer photons, the stronger. Variance x / photons. */
export const poisson = defineInput({
  kind: 'poisson',
  what: 'Counts photons: every value becomes a Poisson number of that mean.',
  modality: 'any',
  unit: 'photons at the value 1',
  levels: {
    photons: {
      what: 'mean count at the value 1; fewer is noisier',
      unit: 'counts',
      range: [1e-3, Infinity],
      default: 60,
    },
  },
  identity: { photons: Infinity },
  paper: 'Schottky 1918 (shot noise); as shot_noise of Hendrycks & Dietterich 2019, without bytes',
  deviation: ({ photons }) => Math.sqrt(0.5 / photons),
  // Half the noise is a quarter of the variance: four times the photons.
  scale: ({ photons }, gain) => ({ photons: photons / gain ** 2 }),
  apply(x, out, { photons }, key, context) {
    sharedKernels().poisson(x, out, { scale: photons, ...clipOf(context) }, key)
  },
})
