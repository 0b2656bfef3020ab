import { exactCos, exactSin, Random } from '../../../base/index.js'
import { scaleDecibels, snrField } from '../../level.js'
import { scratch } from '../../scratch.js'
import { defineInput } from '../define.js'
import { eachChannel, rateOf } from './rate.js'
import { addAtSnr } from './snr.js'

/** sum_k 1/k sin(2 pi k f t + phase_k) below half the rate. */
export const hum = defineInput({
  kind: 'hum',
  what: 'Adds the hum of the mains and its overtones at a signal-to-noise ratio.',
  modality: 'audio',
  unit: 'dB',
  levels: {
    snr: snrField(15),
    frequency: { what: 'of the mains', unit: 'Hz', range: [1, 1e4], default: 50 },
    overtones: {
      what: 'number of partial tones',
      unit: 'tones',
      range: [1, 100],
      default: 5,
      whole: true,
    },
  },
  identity: { snr: Infinity },
  needs: ['sampleRate'],
  paper: 'Brandt & Bitzer 2014, Automatic detection of hum in audio signals',
  scale: scaleDecibels,
  apply(x, out, { snr, frequency, overtones }, key, context) {
    const rate = rateOf(context, 'hum')
    const random = new Random(key)
    const phases = Array.from({ length: overtones }, () => 2 * Math.PI * random.float())
    const noise = scratch(0, x.length).fill(0)
    eachChannel(noise, noise, context, channel => {
      for (let k = 1; k <= overtones && k * frequency < rate / 2; k++)
        addTone(channel, (2 * Math.PI * k * frequency) / rate, phases[k - 1], 1 / k)
    })
    addAtSnr(x, noise, out, snr, context)
  },
})

/** Adds size sin(step i + phase), by turning a vector one step a sample. */
function addTone(channel: Float32Array, step: number, phase: number, size: number): void {
  const [cos, sin] = [exactCos(step), exactSin(step)]
  let [x, y] = [exactCos(phase) * size, exactSin(phase) * size]
  for (let i = 0; i < channel.length; i++) {
    channel[i] += y
    const turned = x * cos - y * sin
    y = x * sin + y * cos
    x = turned
  }
}
