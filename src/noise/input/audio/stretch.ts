import { exactExp, exactLog, exactPow, Random } from '../../../base/index.js'
import { clipInPlace } from '../../context.js'
import type { Level, LevelField } from '../../types.js'
import { defineInput } from '../define.js'
import { eachChannel } from './rate.js'
import { resampleInto } from './resample.js'
import { overlapAdd, spectra } from './stft.js'

const frames = { size: 1024, hop: 256 }

/**
 * The waveform at `speed` times its tempo, pitch kept: frames are read at every speed hops, sizes
 * between two of them, phases carried on by their differences (Flanagan & Golden 1966).
 */
export function stretched(x: Float32Array, speed: number): Float32Array {
  const read = spectra(x, frames)
  const out = new Float32Array(Math.max(1, Math.round(x.length / speed)))
  const count = Math.ceil((out.length + frames.size) / frames.hop)
  const phases = phasesOf(read[0])
  const written: Float64Array[] = []
  for (let k = 0; k < count; k++) {
    // Frame 0 is one frame length before the start, in both waveforms.
    const lead = frames.size / frames.hop
    const place = Math.min(read.length - 1.001, Math.max(0, lead + (k - lead) * speed))
    const at = Math.floor(place)
    written.push(frameBetween(read[at], read[at + 1], place - at, phases))
    carry(phases, read[at], read[at + 1])
  }
  overlapAdd(written, out, frames)
  return out
}

const bins = frames.size / 2 + 1

function phasesOf(spectrum: Float64Array): Float64Array {
  return Float64Array.from({ length: bins }, (_, b) =>
    Math.atan2(spectrum[2 * b + 1], spectrum[2 * b]),
  )
}

function frameBetween(a: Float64Array, b: Float64Array, part: number, phases: Float64Array) {
  const frame = new Float64Array(2 * frames.size)
  for (let bin = 0; bin < bins; bin++) {
    const size = (s: Float64Array) => Math.sqrt(s[2 * bin] ** 2 + s[2 * bin + 1] ** 2)
    const mean = (1 - part) * size(a) + part * size(b)
    const [re, im] = [mean * Math.cos(phases[bin]), mean * Math.sin(phases[bin])]
    frame.set([re, im], 2 * bin)
    if (bin > 0 && bin < bins - 1) frame.set([re, -im], 2 * (frames.size - bin))
  }
  return frame
}

/** Adds to each phase what it turned between two neighbouring frames. */
function carry(phases: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let bin = 0; bin < bins; bin++) {
    const expectedTurn = (2 * Math.PI * bin * frames.hop) / frames.size
    const turn = Math.atan2(b[2 * bin + 1], b[2 * bin]) - Math.atan2(a[2 * bin + 1], a[2 * bin])
    const rest = turn - expectedTurn
    phases[bin] += expectedTurn + rest - 2 * Math.PI * Math.round(rest / (2 * Math.PI))
  }
}

/** Cut or filled with silence to the length of `out`. */
function fitInto(x: Float32Array, out: Float32Array): void {
  out.fill(0)
  out.set(x.subarray(0, out.length))
}

const factorField = (what: string, value: number): LevelField => ({
  what,
  unit: 'factor',
  range: [1, 4],
  default: value,
})

/** A factor from 1 / largest to largest, even in octaves. */
function drawFactor(largest: number, random: Random): number {
  return exactExp(exactLog(largest) * (2 * random.float() - 1))
}

const scaleOctaves = ({ factor }: Level, gain: number): Level => ({
  factor: gain === 1 ? factor : Math.min(4, exactPow(factor, gain)),
})

/** Faster or slower at the same pitch; cut or followed by silence to the same length. */
export const timeStretch = defineInput({
  kind: 'time_stretch',
  what: 'Plays the sound faster or slower at the same pitch.',
  modality: 'audio',
  unit: 'largest factor of the tempo, up or down',
  levels: { factor: factorField('largest factor of the tempo', 1.25) },
  identity: { factor: 1 },
  paper: 'Flanagan & Golden 1966, Phase vocoder; audiomentations TimeStretch',
  scale: scaleOctaves,
  apply(x, out, { factor }, key, context) {
    const speed = drawFactor(factor, new Random(key))
    eachChannel(x, out, context, (from, to) => fitInto(stretched(from, speed), to))
    clipInPlace(out, context)
  },
})

/** Faster and higher, or slower and lower, as a tape. */
export const speed = defineInput({
  kind: 'speed',
  what: 'Plays the sound faster and higher, or slower and lower.',
  modality: 'audio',
  unit: 'largest factor of the speed, up or down',
  levels: { factor: factorField('largest factor of the speed', 1.1) },
  identity: { factor: 1 },
  paper: 'Ko et al. 2015, Audio augmentation for speech recognition (speed perturbation)',
  scale: scaleOctaves,
  apply(x, out, { factor }, key, context) {
    const step = drawFactor(factor, new Random(key))
    eachChannel(x, out, context, (from, to) => resampleInto(from.slice(), to, step))
    clipInPlace(out, context)
  },
})

/** Stretched in time, then played at the speed that gives the old length. */
export const pitchShift = defineInput({
  kind: 'pitch_shift',
  what: 'Makes the sound higher or lower at the same tempo.',
  modality: 'audio',
  unit: 'largest shift in semitones, up or down',
  levels: { semitones: { what: 'largest shift', unit: 'semitones', range: [0, 24], default: 4 } },
  identity: { semitones: 0 },
  paper: 'audiomentations PitchShift; phase vocoder and resampling',
  apply(x, out, { semitones }, key, context) {
    const shift = semitones * (2 * new Random(key).float() - 1)
    const factor = exactPow(2, shift / 12)
    eachChannel(x, out, context, (from, to) =>
      resampleInto(stretched(from, 1 / factor), to, factor),
    )
    clipInPlace(out, context)
  },
})
