import { exactExp, exactLog, Random } from '../../../base/index.js'
import { clipInPlace } from '../../context.js'
import { amount } from '../../level.js'
import { defineInput } from '../define.js'
import { channelsOf, rateOf } from './rate.js'

/** Impulses at Poisson times, each of random sign and size and gone within a millisecond. */
export const clicks = defineInput({
  kind: 'clicks',
  what: 'Adds clicks, as of a scratched record or a lost connection.',
  modality: 'audio',
  unit: 'clicks a second',
  levels: {
    rate: amount('mean number of clicks', 'clicks per second', 5),
    size: amount('largest amplitude of a click', 'waveform units', 0.5),
  },
  identity: { rate: 0 },
  needs: ['sampleRate'],
  paper: 'Godsill & Rayner 1998, Digital audio restoration, chapter 5',
  scale: (level, gain) => ({ ...level, rate: level.rate * gain }),
  apply(x, out, { rate, size }, key, context) {
    const hertz = rateOf(context, 'clicks')
    const random = new Random(key)
    if (out !== x) out.set(x)
    const channels = channelsOf(out, context)
    const pause = () => (-exactLog(1 - random.float()) * hertz) / rate
    for (let at = pause(); at < channels[0].length; at += pause()) {
      const height = size * (2 * random.float() - 1)
      for (const channel of channels) addClick(channel, Math.floor(at), height, hertz)
    }
    clipInPlace(out, context)
  },
})

/** Falls to 1/e in a fifth of a millisecond. */
function addClick(channel: Float32Array, at: number, height: number, hertz: number): void {
  const fall = exactExp(-5000 / hertz)
  const end = Math.min(channel.length, at + Math.ceil(hertz / 1000) + 1)
  for (let i = at, h = height; i < end; i++, h *= fall) channel[i] += h
}
