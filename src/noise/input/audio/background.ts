import { exactLog, type Key, Random } from '../../../base/index.js'
import { scaleDecibels, snrField } from '../../level.js'
import type { InputContext, Source } from '../../types.js'
import { defineInput } from '../define.js'
import { channelsOf, rateOf, sourcesOf } from './rate.js'
import { resampled } from './resample.js'
import { addAtSnr } from './snr.js'

/** `length` samples of a random recording from a random place, at the rate, repeated where short. */
export function excerpt(
  sources: readonly Source[],
  length: number,
  rate: number,
  random: Random,
): Float32Array {
  const { samples, sampleRate } = sources[random.below(sources.length)]
  const step = sampleRate / rate
  const needed = Math.ceil(length * step)
  const start = random.below(samples.length)
  const part = Float32Array.from(
    { length: needed },
    (_, i) => samples[(start + i) % samples.length],
  )
  return resampled(part, step).subarray(0, length)
}

/** The same noise on every channel. */
function background(
  x: Float32Array,
  voices: number,
  key: Key,
  context: InputContext,
  kind: string,
) {
  const sources = sourcesOf(context, kind)
  const rate = rateOf(context, kind)
  const random = new Random(key)
  const noise = new Float32Array(x.length)
  const channels = channelsOf(noise, context)
  for (let voice = 0; voice < voices; voice++) {
    const part = excerpt(sources, channels[0].length, rate, random)
    const loudness = Math.sqrt(part.reduce((sum, v) => sum + v * v, 0) / part.length) || 1
    // Each voice is as loud as the others.
    for (const channel of channels)
      for (let i = 0; i < part.length; i++) channel[i] += part[i] / loudness
  }
  return noise
}

/** A stretch of a recording at a signal-to-noise ratio. */
export const backgroundNoise = defineInput({
  kind: 'background',
  what: 'Adds a random stretch of a recording at a signal-to-noise ratio.',
  modality: 'audio',
  unit: 'dB',
  levels: { snr: snrField(10) },
  identity: { snr: Infinity },
  needs: ['sampleRate', 'sources'],
  paper: 'Snyder et al. 2018, X-vectors (MUSAN noise); audiomentations AddBackgroundNoise',
  scale: scaleDecibels,
  apply(x, out, { snr }, key, context) {
    addAtSnr(x, background(x, 1, key, context, 'background'), out, snr, context)
  },
})

/** Several recordings at once, each as loud as the others. */
export const babble = defineInput({
  kind: 'babble',
  what: 'Adds several recordings at once, as of people talking, at a signal-to-noise ratio.',
  modality: 'audio',
  unit: 'dB',
  levels: {
    snr: snrField(15),
    voices: {
      what: 'recordings at once',
      unit: 'recordings',
      range: [1, 100],
      default: 5,
      whole: true,
    },
  },
  identity: { snr: Infinity },
  needs: ['sampleRate', 'sources'],
  paper: 'Snyder et al. 2018, X-vectors (babble of 3 to 7 speakers at 20 to 13 dB)',
  scale: scaleDecibels,
  apply(x, out, { snr, voices }, key, context) {
    addAtSnr(x, background(x, voices, key, context, 'babble'), out, snr, context)
  },
})

/** Short sounds with silence between them; the ratio counts the sounding parts only. */
export const shortNoises = defineInput({
  kind: 'short_noises',
  what: 'Adds short sounds with gaps between them, at a signal-to-noise ratio.',
  modality: 'audio',
  unit: 'dB',
  levels: {
    snr: snrField(5),
    length: { what: 'longest sound', unit: 's', range: [0.01, 60], default: 0.5 },
    gap: { what: 'mean silence between two sounds', unit: 's', range: [0, 600], default: 1 },
  },
  identity: { snr: Infinity },
  needs: ['sampleRate', 'sources'],
  paper: 'audiomentations AddShortNoises; Snyder et al. 2018 (foreground noise each second)',
  scale: scaleDecibels,
  apply(x, out, { snr, length, gap }, key, context) {
    const sources = sourcesOf(context, 'short_noises')
    const rate = rateOf(context, 'short_noises')
    const random = new Random(key)
    const noise = new Float32Array(x.length)
    const channels = channelsOf(noise, context)
    const total = channels[0].length
    let sounding = 0
    // The first sound starts somewhere in the first gap, but early enough to be heard.
    for (let at = Math.floor(random.float() * Math.min(gap * rate, total / 2)); at < total; ) {
      const sound = excerpt(sources, Math.min(total - at, Math.ceil(length * rate)), rate, random)
      for (const channel of channels) channel.set(sound, at)
      sounding += sound.length
      at += sound.length + Math.ceil(2 * gap * rate * random.float()) + 1
    }
    // The sounds are a share of the time, so the whole is that much quieter.
    addAtSnr(x, noise, out, snr - (10 / Math.LN10) * exactLog(sounding / total), context)
  },
})
