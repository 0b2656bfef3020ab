import { exactExp, exactPow } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { clipInPlace } from '../../context.js'
import { amount } from '../../level.js'
import type { LevelField } from '../../types.js'
import { defineInput } from '../define.js'
import { channelsOf, rateOf } from './rate.js'

const seconds = (what: string, value: number): LevelField => ({
  what,
  unit: 'seconds',
  range: [1e-6, 10],
  default: value,
})

/**
 * x (1 - r), r what keeps |x| under the threshold; it is approached over the attack before the loud
 * part and left over the release after it, exponentially. All channels are turned down alike.
 */
export const limiter = defineInput({
  kind: 'limiter',
  what: 'Turns the loud parts down, as the limiter of a broadcast does.',
  modality: 'audio',
  unit: 'dB from the peak of the waveform down to the threshold',
  levels: {
    below: amount('threshold below the peak of the waveform', 'dB', 10),
    attack: seconds('time to 1/e of the way down, ahead of the loud part', 0.005),
    release: seconds('time to 1/e of the way up again', 0.1),
  },
  identity: { below: 0 },
  deterministic: true,
  needs: ['sampleRate'],
  paper: 'audiomentations Limiter; Giannoulis et al. 2012, Digital dynamic range compressor design',
  apply(x, out, { below, attack, release }, _key, context) {
    const rate = rateOf(context, 'limiter')
    const threshold = sharedKernels().maxAbs(x) * exactPow(10, -below / 20)
    const needed = reductions(channelsOf(x, context), threshold)
    const [rise, fall] = [attack, release].map(time => exactExp(-1 / (time * rate)))
    for (let i = needed.length - 2; i >= 0; i--)
      needed[i] = Math.max(needed[i], rise * needed[i + 1])
    for (let i = 1; i < needed.length; i++) needed[i] = Math.max(needed[i], fall * needed[i - 1])
    for (let i = 0; i < x.length; i++) out[i] = x[i] * (1 - needed[i % needed.length])
    clipInPlace(out, context)
  },
})

/** The share that the loudest channel has to lose at each sample. */
function reductions(channels: readonly Float32Array[], threshold: number): Float64Array {
  return Float64Array.from(channels[0], (_, i) => {
    const size = channels.reduce((most, channel) => Math.max(most, Math.abs(channel[i])), 0)
    return size > threshold ? 1 - threshold / size : 0
  })
}
