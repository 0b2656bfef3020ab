import { exactExp, exactLog, exactPow, Random } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { clipInPlace } from '../../context.js'
import { share } from '../../level.js'
import type { InputContext } from '../../types.js'
import { defineInput } from '../define.js'
import { convolveInto } from './convolve.js'
import { eachChannel, rateOf, sourcesOf } from './rate.js'
import { resampled } from './resample.js'

/** (1 - wet) x + wet (x * h), h brought to unit energy so that loudness stays about the same. */
function reverberate(
  x: Float32Array,
  out: Float32Array,
  h: Float32Array,
  wet: number,
  context: InputContext,
): void {
  const kernels = sharedKernels()
  const energy = Math.sqrt(kernels.sumOfSquares(h))
  eachChannel(x, out, context, (from, to) => {
    const echo = new Float32Array(from.length)
    convolveInto(from, h, echo)
    kernels.scaleAdd(echo, echo, 1 / energy, 0)
    kernels.lerp(from, echo, to, wet)
  })
  clipInPlace(out, context)
}

const wetField = share('share of the reverberant sound', 0.5)

/** h[i] = N(0, 1) 10^(-3 i / (seconds rate)) after a direct 1: Polack's model of late reverberation. */
export const reverb = defineInput({
  kind: 'reverb',
  what: 'Lets the sound ring as in a room whose echo falls by 60 dB in so many seconds.',
  modality: 'audio',
  unit: 'share of reverberant sound, and reverberation time',
  levels: {
    wet: wetField,
    seconds: {
      what: 'time in which the echo falls by 60 dB',
      unit: 's',
      range: [0.01, 20],
      default: 0.4,
    },
  },
  identity: { wet: 0 },
  needs: ['sampleRate'],
  paper: 'Polack 1988; Kinoshita et al. 2013, the REVERB challenge (RT60)',
  scale: (level, gain) => ({ ...level, wet: Math.min(1, level.wet * gain) }),
  apply(x, out, { wet, seconds }, key, context) {
    const rate = rateOf(context, 'reverb')
    const h = new Float32Array(Math.max(1, Math.ceil(seconds * rate)))
    sharedKernels().normal(h, 1, key)
    const fall = exactExp((-3 * Math.LN10) / (seconds * rate))
    // The tail has the energy of the direct sound.
    let size = Math.sqrt((6 * Math.LN10) / (seconds * rate))
    for (let i = 0; i < h.length; i++, size *= fall) h[i] *= size
    h[0] += 1
    reverberate(x, out, h, wet, context)
  },
})

/** The impulse response is one of the recordings, drawn by the key. */
export const impulseResponse = defineInput({
  kind: 'impulse_response',
  what: 'Lets the sound ring as in a room (or through a device) whose impulse response was recorded.',
  modality: 'audio',
  unit: 'share of reverberant sound',
  levels: { wet: { ...wetField, default: 1 } },
  identity: { wet: 0 },
  needs: ['sampleRate', 'sources'],
  paper:
    'Ko et al. 2017, A study on data augmentation of reverberant speech; audiomentations ApplyImpulseResponse',
  apply(x, out, { wet }, key, context) {
    const rate = rateOf(context, 'impulse_response')
    const sources = sourcesOf(context, 'impulse_response')
    const { samples, sampleRate } = sources[new Random(key).below(sources.length)]
    reverberate(x, out, resampled(samples, sampleRate / rate), wet, context)
  },
})

/** A shoebox room of random sides, source and microphone, by mirror images. */
export const room = defineInput({
  kind: 'room',
  what: 'Lets the sound ring as in a box-shaped room with random places of speaker and microphone.',
  modality: 'audio',
  unit: 'share of reverberant sound, size and absorption of the room',
  levels: {
    wet: { ...wetField, default: 1 },
    size: {
      what: 'mean side of the room; each is drawn within a fifth of it',
      unit: 'm',
      range: [1, 100],
      default: 4.6,
    },
    absorption: {
      what: 'share of the energy a wall takes',
      unit: 'share',
      range: [0.02, 1],
      default: 0.25,
    },
  },
  identity: { wet: 0 },
  needs: ['sampleRate'],
  paper:
    'Allen & Berkley 1979, Image method for efficiently simulating small-room acoustics; audiomentations RoomSimulator',
  scale: (level, gain) => ({ ...level, wet: Math.min(1, level.wet * gain) }),
  apply(x, out, level, key, context) {
    const h = roomResponse(level, rateOf(context, 'room'), new Random(key))
    reverberate(x, out, h, level.wet, context)
  },
})

const speedOfSound = 343

/** sum over mirror images of the source of r^reflections / distance at the time sound takes. */
export function roomResponse(
  { size, absorption }: Readonly<Record<string, number>>,
  rate: number,
  random: Random,
): Float32Array {
  const axis = () => {
    const side = size * (0.8 + 0.4 * random.float())
    const place = () => side * (0.1 + 0.8 * random.float())
    return { side, source: place(), microphone: place() }
  }
  const axes = [axis(), axis(), axis()]
  const reflection = Math.sqrt(1 - absorption)
  // Images beyond 60 dB of reflections do not count; at most ten rooms away.
  const reach = Math.min(10, reflection < 1e-3 ? 0 : Math.ceil(-6.9 / exactLog(reflection)))
  const images = axes.map(({ side, source, microphone }) =>
    imagesAlong(side, source, microphone, reach),
  )
  const echoes = images[0].flatMap(a =>
    images[1].flatMap(b => images[2].map(c => echoOf([a, b, c], reflection))),
  )
  const first = Math.min(...echoes.map(({ distance }) => distance))
  const last = Math.max(...echoes.map(({ distance }) => distance))
  const h = new Float32Array(Math.ceil(((last - first) / speedOfSound) * rate) + 1)
  for (const { distance, loudness } of echoes)
    h[Math.floor(((distance - first) / speedOfSound) * rate)] += loudness
  return h
}

interface Image {
  readonly offset: number
  readonly reflections: number
}

/** Images at 2 n side + source and 2 n side - source. */
function imagesAlong(side: number, source: number, microphone: number, reach: number): Image[] {
  const images: Image[] = []
  for (let n = -reach; n <= reach; n++)
    images.push(
      { offset: 2 * n * side + source - microphone, reflections: Math.abs(2 * n) },
      { offset: 2 * n * side - source - microphone, reflections: Math.abs(2 * n - 1) },
    )
  return images.filter(({ reflections }) => reflections <= reach)
}

function echoOf(images: readonly Image[], reflection: number) {
  const distance = Math.sqrt(images.reduce((sum, { offset }) => sum + offset * offset, 0))
  const count = images.reduce((sum, { reflections }) => sum + reflections, 0)
  return { distance, loudness: exactPow(reflection, count) / Math.max(0.1, distance) }
}
