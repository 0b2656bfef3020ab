import { exactPow, fold } from '../../base/index.js'
import { scaleDecibels, snrField } from '../level.js'
import { defineMix, pairs, shuffled } from './define.js'

/** x + g x[partner] with g set by the signal-to-noise ratio; targets by amplitude, 1 : 10^(-snr/20). */
export const atSnr = defineMix({
  kind: 'mix_at_snr',
  what: 'Adds a partner of the batch to each waveform at a signal-to-noise ratio.',
  unit: 'dB',
  levels: { snr: snrField(5) },
  identity: { snr: Infinity },
  paper:
    'torch-audiomentations Mix; Tokozume et al. 2018, Learning from between-class examples for deep sound recognition',
  scale: scaleDecibels,
  plan(batch, { snr }, key) {
    const partners = shuffled(batch, fold(key, 0))
    const own = 1 / (1 + exactPow(10, -snr / 20))
    return { ...pairs(partners, () => own), snr }
  },
})
