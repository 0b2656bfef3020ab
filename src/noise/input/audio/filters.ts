import { exactCos, exactSin } from '../../../base/index.js'
import { clipInPlace } from '../../context.js'
import type { InputContext, Level, LevelField } from '../../types.js'
import { defineInput } from '../define.js'
import { eachChannel, rateOf } from './rate.js'

/** b0, b1, b2, a1, a2 over a0. */
type Biquad = readonly [number, number, number, number, number]

/** Butterworth of second order (12 dB an octave), by the cookbook's bilinear transform. */
function butterworth(kind: 'low' | 'high', cutoff: number, rate: number): Biquad {
  const w = (2 * Math.PI * Math.min(cutoff, 0.4999 * rate)) / rate
  const [cos, alpha] = [exactCos(w), exactSin(w) / Math.SQRT2]
  const a0 = 1 + alpha
  const middle = kind === 'low' ? 1 - cos : -(1 + cos)
  const side = Math.abs(middle) / 2
  return [side / a0, middle / a0, side / a0, (-2 * cos) / a0, (1 - alpha) / a0]
}

function filterInto(from: Float32Array, to: Float32Array, [b0, b1, b2, a1, a2]: Biquad): void {
  let [x1, x2, y1, y2] = [0, 0, 0, 0]
  for (let i = 0; i < from.length; i++) {
    const x = from[i]
    const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
    to[i] = y
    ;[x2, x1, y2, y1] = [x1, x, y1, y]
  }
}

const hertz = (what: string, value: number): LevelField => ({
  what,
  unit: 'Hz',
  range: [0, Infinity],
  default: value,
})

const paper =
  'Butterworth 1930; Bristow-Johnson, Audio EQ cookbook; audiomentations LowPassFilter, HighPassFilter'

function apply(
  x: Float32Array,
  out: Float32Array,
  filters: readonly Biquad[],
  context: InputContext,
) {
  eachChannel(x, out, context, (from, to) => {
    if (from !== to) to.set(from)
    for (const filter of filters) filterInto(to, to, filter)
  })
  clipInPlace(out, context)
}

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
    apply(x, out, [butterworth('low', cutoff, rate)], context)
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
    apply(x, out, [butterworth('high', cutoff, rate)], context)
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
    apply(x, out, low > 0 ? filters : filters.slice(1), context)
  },
})

/** Edges moved inward by the gain, but never past each other: a tenth about their geometric mean stays. */
function narrowed({ low, high }: Level, gain: number): Level {
  const middle = Math.sqrt(low * high)
  const [least, most] =
    middle > 0 && middle < Infinity ? [1.1 * middle, middle / 1.1] : [0, Infinity]
  return { low: Math.min(most, low * gain), high: Math.max(least, high / gain) }
}
