import type { Level, LevelField } from '../../types.js'
import { defineInput } from '../define.js'
import { applyFilters, butterworth } from './biquad.js'
import { rateOf } from './rate.js'

const hertz = (what: string, value: number): LevelField => ({
  what,
  unit: 'Hz',
  range: [0, Infinity],
  default: value,
})

const paper =
  'Butterworth 1930; Bristow-Johnson, Audio EQ cookbook; audiomentations LowPassFilter, HighPassFilter'

/** 12 dB an octave above the cutoff. */
export const lowPass = defineInput({
  kind: 'low_pass',
  what: 'Takes away the high frequencies, as a wall or a cheap speaker does.',
  modality: 'audio',
  unit: 'cutoff in hertz; lower is stronger',
  levels: { cutoff: hertz('frequency at which 3 dB are lost', 2000) },
  identity: { cutoff: Infinity },
  deterministic: true,
  needs: ['sampleRate'],
  paper,
  scale: ({ cutoff }, gain) => ({ cutoff: cutoff / gain }),
  apply(x, out, { cutoff }, _key, context) {
    const rate = rateOf(context, 'low_pass')
    applyFilters(x, out, [butterworth('low', cutoff, rate)], context)
  },
})

/** 12 dB an octave below the cutoff. */
export const highPass = defineInput({
  kind: 'high_pass',
  what: 'Takes away the low frequencies, as a small speaker does.',
  modality: 'audio',
  unit: 'cutoff in hertz; higher is stronger',
  levels: { cutoff: hertz('frequency at which 3 dB are lost', 300) },
  identity: { cutoff: 0 },
  deterministic: true,
  needs: ['sampleRate'],
  paper,
  apply(x, out, { cutoff }, _key, context) {
    const rate = rateOf(context, 'high_pass')
    applyFilters(x, out, [butterworth('high', cutoff, rate)], context)
  },
})

/** Both: what a telephone lets through by default. */
export const bandPass = defineInput({
  kind: 'band_pass',
  what: 'Lets only a band of frequencies through, as a telephone does.',
  modality: 'audio',
  unit: 'edges of the band in hertz',
  levels: {
    low: hertz('lower edge, where 3 dB are lost', 300),
    high: hertz('upper edge, where 3 dB are lost', 3400),
  },
  identity: { low: 0, high: Infinity },
  deterministic: true,
  needs: ['sampleRate'],
  paper: `${paper}; ITU-T G.712 (300 to 3400 Hz)`,
  scale: narrowed,
  apply(x, out, { low, high }, _key, context) {
    const rate = rateOf(context, 'band_pass')
    const filters = [butterworth('high', low, rate), butterworth('low', high, rate)]
    applyFilters(x, out, low > 0 ? filters : filters.slice(1), context)
  },
})

/** Edges moved inward by the gain, but never past each other: a tenth about their geometric mean stays. */
function narrowed({ low, high }: Level, gain: number): Level {
  const middle = Math.sqrt(low * high)
  const [least, most] =
    middle > 0 && middle < Infinity ? [1.1 * middle, middle / 1.1] : [0, Infinity]
  return { low: Math.min(most, low * gain), high: Math.max(least, high / gain) }
}
