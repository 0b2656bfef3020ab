import { sharedKernels } from '../../../kernels/index.js'
import { scaleDecibels, snrField } from '../../level.js'
import { scratch } from '../../scratch.js'
import { defineInput } from '../define.js'
import { addAtSnr } from './snr.js'

/** White noise: x + g N(0, 1), g set by the signal-to-noise ratio. */
export const white = defineInput({
  kind: 'white',
  what: 'Adds noise of equal power at every frequency, at a signal-to-noise ratio.',
  modality: 'audio',
  unit: 'dB',
  levels: { snr: snrField(20) },
  identity: { snr: Infinity },
  paper: 'Sietsma & Dow 1991; the ratio as in audiomentations AddGaussianSNR',
  scale: scaleDecibels,
  apply(x, out, { snr }, key, context) {
    const noise = scratch(0, x.length)
    sharedKernels().normal(noise, 1, key)
    addAtSnr(x, noise, out, snr, context)
  },
})
