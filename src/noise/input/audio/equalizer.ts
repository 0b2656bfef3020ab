import { Random } from '../../../base/index.js'
import { defineInput } from '../define.js'
import { applyFilters, peaking } from './biquad.js'
import { rateOf } from './rate.js'

/** Middles of the seven bands in hertz, three to a decade. */
const bands = [63, 136, 294, 632, 1363, 2936, 6324]

/** As wide as the bands are apart. */
const quality = 1.3

/** In each band below half the rate a gain of U(-decibels, decibels). */
export const equalizer = defineInput({
  kind: 'equalizer',
  what: 'Makes each of seven bands of frequencies louder or quieter, as another microphone or room does.',
  modality: 'audio',
  unit: 'largest change of a band in dB, up or down',
  levels: {
    decibels: { what: 'largest change of a band', unit: 'dB', range: [0, 60], default: 6 },
  },
  identity: { decibels: 0 },
  needs: ['sampleRate'],
  paper: 'audiomentations SevenBandParametricEQ; Bristow-Johnson, Audio EQ cookbook (peaking EQ)',
  apply(x, out, { decibels }, key, context) {
    const rate = rateOf(context, 'equalizer')
    const random = new Random(key)
    const filters = bands
      .map(band => [band, decibels * (2 * random.float() - 1)])
      .filter(([band]) => band < 0.45 * rate)
      .map(([band, gain]) => peaking(band, gain, quality, rate))
    applyFilters(x, out, filters, context)
  },
})
