import { exactPow } from '../../../base/index.js'
import { clipInPlace } from '../../context.js'
import type { Level, LevelField } from '../../types.js'
import { defineInput } from '../define.js'
import { eachChannel } from './rate.js'
import { resampled, resampleInto } from './resample.js'

const factorField: LevelField = {
  what: 'lower rate over the rate; lower is stronger',
  unit: 'factor',
  range: [0.01, 1],
  default: 0.5,
}

/** Weaker is a rate nearer to the full one, in octaves. */
const scale = ({ factor }: Level, gain: number): Level => ({
  factor: gain === 1 ? factor : Math.min(1, Math.max(0.01, exactPow(factor, gain))),
})

/** Down to a lower rate and back, without aliasing: what is above half of it is gone. */
export const resampling = defineInput({
  kind: 'resampling',
  what: 'Takes the sound through a lower sample rate, cleanly.',
  modality: 'audio',
  unit: 'lower rate over the rate',
  levels: { factor: factorField },
  identity: { factor: 1 },
  deterministic: true,
  paper: 'Smith, Digital audio resampling (windowed sinc); audiomentations Resample',
  scale,
  apply(x, out, { factor }, _key, context) {
    eachChannel(x, out, context, (from, to) =>
      resampleInto(resampled(from, 1 / factor), to, factor),
    )
    clipInPlace(out, context)
  },
})

/** Every so many-th sample, straight lines between: high frequencies fold back as false low ones. */
export const aliasing = defineInput({
  kind: 'aliasing',
  what: 'Takes the sound through a lower sample rate without a filter, so that high tones fold down.',
  modality: 'audio',
  unit: 'lower rate over the rate',
  levels: { factor: factorField },
  identity: { factor: 1 },
  deterministic: true,
  paper: 'audiomentations Aliasing',
  scale,
  apply(x, out, { factor }, _key, context) {
    eachChannel(x, out, context, (from, to) => {
      const kept = from.slice()
      const last = Math.floor((from.length - 1) * factor)
      const taken = (k: number) => kept[Math.round(Math.min(last, k) / factor)]
      for (let i = 0; i < to.length; i++) {
        const k = Math.floor(i * factor)
        const part = i * factor - k
        to[i] = taken(k) * (1 - part) + taken(k + 1) * part
      }
    })
    clipInPlace(out, context)
  },
})
