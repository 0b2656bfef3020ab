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
 * between two of them, phases carried on by their turns (Flanagan & Golden 1966).
 */
export function stretched(x: Float32Array, speed: number): Float32Array {
  const read = spectra(x, frames)
  const out = new Float32Array(Math.max(1, Math.round(x.length / speed)))
  const count = Math.ceil((out.length + frames.size) / frames.hop)
  const phases = read[0].slice(0, 2 * bins)
  const written: number[][] = []
  for (let k = 0; k < count; k++) {
    // Frame 0 is one frame length before the start, in both waveforms.
    const lead = frames.size / frames.hop
    const place = Math.min(read.length - 1.001, Math.max(0, lead + (k - lead) * speed))
    const at = Math.floor(place)
    normalize(phases)
    written.push(frameBetween(read[at], read[at + 1], place - at, phases))
    turn(phases, read[at], read[at + 1])
  }
  overlapAdd(written, out, frames)
  return out
}

const bins = frames.size / 2 + 1

/** To unit length, so that each bin is a phase; 1 where it has none. */
function normalize(phases: number[]): void {
  for (let i = 0; i < 2 * bins; i += 2) {
    const size = sizeAt(phases, i)
    phases[i] = size > 1e-300 ? phases[i] / size : 1
    phases[i + 1] = size > 1e-300 ? phases[i + 1] / size : 0
  }
}

const sizeAt = (s: readonly number[], i: number) => Math.sqrt(s[i] * s[i] + s[i + 1] * s[i + 1])

function frameBetween(a: number[], b: number[], part: number, phases: number[]): number[] {
  const frame = new Array<number>(2 * frames.size).fill(0)
  for (let bin = 0; bin < bins; bin++) {
    const i = 2 * bin
    const mean = (1 - part) * sizeAt(a, i) + part * sizeAt(b, i)
    const mirror = 2 * ((frames.size - bin) % frames.size)
    frame[mirror] = mean * phases[i]
    frame[mirror + 1] = -mean * phases[i + 1]
    frame[i] = mean * phases[i]
    frame[i + 1] = mean * phases[i + 1]
  }
  return frame
}

/** Turns each phase by the angle from one frame to the next: times b times the conjugate of a. */
function turn(phases: number[], a: number[], b: number[]): void {
  for (let i = 0; i < 2 * bins; i += 2) {
    const re = b[i] * a[i] + b[i + 1] * a[i + 1]
    const im = b[i + 1] * a[i] - b[i] * a[i + 1]
    // After silence the phase starts anew.
    const silent = a[i] === 0 && a[i + 1] === 0
    const real = silent ? b[i] : phases[i] * re - phases[i + 1] * im
    phases[i + 1] = silent ? b[i + 1] : phases[i] * im + phases[i + 1] * re
    phases[i] = real
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
