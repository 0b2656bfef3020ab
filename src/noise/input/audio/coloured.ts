import { exactExp } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { scaleDecibels, snrField } from '../../level.js'
import { scratch } from '../../scratch.js'
import type { InputContext, InputNoise } from '../../types.js'
import { defineInput } from '../define.js'
import { eachChannel } from './rate.js'
import { addAtSnr } from './snr.js'

interface Colour {
  readonly kind: string
  readonly what: string
  readonly paper: string
  /** Turns white noise into the colour, in place. */
  filter(noise: Float32Array, context: InputContext): void
}

/** Noise of a coloured spectrum at a signal-to-noise ratio. */
function defineColour({ kind, what, paper, filter }: Colour): InputNoise {
  return defineInput({
    kind,
    what,
    paper,
    modality: 'audio',
    unit: 'dB',
    levels: { snr: snrField(20) },
    identity: { snr: Infinity },
    scale: scaleDecibels,
    apply(x, out, { snr }, key, context) {
      const noise = scratch(0, x.length)
      sharedKernels().normal(noise, 1, key)
      eachChannel(noise, noise, context, channel => filter(channel, context))
      addAtSnr(x, noise, out, snr, context)
    },
  })
}

/** Poles and gains of six one-pole filters in parallel: 1/f to .05 dB above 2e-4 of the rate. */
const poles = [0.99886, 0.99332, 0.969, 0.8665, 0.55, -0.7616]
const gains = [0.0555179, 0.0750759, 0.153852, 0.3104856, 0.5329522, -0.016898]

/** Kellet's refined filter. */
function makePink(noise: Float32Array): void {
  let [b0, b1, b2, b3, b4, b5, b6] = [0, 0, 0, 0, 0, 0, 0]
  for (let i = 0; i < noise.length; i++) {
    const white = noise[i]
    b0 = poles[0] * b0 + gains[0] * white
    b1 = poles[1] * b1 + gains[1] * white
    b2 = poles[2] * b2 + gains[2] * white
    b3 = poles[3] * b3 + gains[3] * white
    b4 = poles[4] * b4 + gains[4] * white
    b5 = poles[5] * b5 + gains[5] * white
    noise[i] = b0 + b1 + b2 + b3 + b4 + b5 + b6 + 0.5362 * white
    b6 = 0.115926 * white
  }
}

/** y[i] = x[i] - x[i-1]: 6 dB an octave up, but for the last. */
function differentiate(noise: Float32Array): void {
  for (let i = noise.length - 1; i > 0; i--) noise[i] -= noise[i - 1]
}

/** Lowest frequency of brown noise in hertz; below it the spectrum is flat. */
const brownFloor = 20

/** y[i] = r y[i-1] + x[i], r = exp(-2 pi 20 Hz / rate): 6 dB an octave down. */
function integrate(noise: Float32Array, rate: number): void {
  const leak = exactExp((-2 * Math.PI * brownFloor) / rate)
  for (let i = 1; i < noise.length; i++) noise[i] += leak * noise[i - 1]
}

export const pink = defineColour({
  kind: 'pink',
  what: 'Adds noise that loses 3 dB an octave, at a signal-to-noise ratio.',
  paper: 'Kellet 2000, pink noise filter; as audiomentations AddColorNoise with f_decay -3.01',
  filter: makePink,
})

export const brown = defineColour({
  kind: 'brown',
  what: 'Adds noise that loses 6 dB an octave, like a waterfall, at a signal-to-noise ratio.',
  paper: 'As audiomentations AddColorNoise with f_decay -6.02; level below 20 Hz',
  filter: (noise, { sampleRate = 16000 }) => integrate(noise, sampleRate),
})

export const blue = defineColour({
  kind: 'blue',
  what: 'Adds noise that gains 3 dB an octave, at a signal-to-noise ratio.',
  paper: 'As audiomentations AddColorNoise with f_decay 3.01: pink noise, differentiated',
  filter(noise) {
    makePink(noise)
    differentiate(noise)
  },
})

export const violet = defineColour({
  kind: 'violet',
  what: 'Adds noise that gains 6 dB an octave, at a signal-to-noise ratio.',
  paper: 'As audiomentations AddColorNoise with f_decay 6.02: white noise, differentiated',
  filter: differentiate,
})
