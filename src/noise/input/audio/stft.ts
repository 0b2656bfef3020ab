import { exactCos } from '../../../base/index.js'
import { signalOf, spectrumOf } from './fft.js'

/** Length of a frame (a power of two) and distance between frames, in samples. */
export interface Frames {
  readonly size: number
  readonly hop: number
}

/** Frames of a waveform under a Hann window, as interleaved complex spectra; edges are padded by zeros. */
export function spectra(x: Float32Array, { size, hop }: Frames): number[][] {
  const window = hann(size)
  const count = Math.ceil((x.length + size) / hop)
  return Array.from({ length: count }, (_, k) => {
    const frame = new Array<number>(size).fill(0)
    const start = k * hop - size
    const end = Math.min(size, x.length - start)
    for (let i = Math.max(0, -start); i < end; i++) frame[i] = x[start + i] * window[i]
    return spectrumOf(frame, size)
  })
}

/** The waveform of spectra: windowed frames added and divided by what the windows add up to. */
export function overlapAdd(
  frames: readonly number[][],
  out: Float32Array,
  { size, hop }: Frames,
): void {
  const window = hann(size)
  const sum = new Float64Array(out.length)
  const weights = new Float64Array(out.length)
  for (const [k, spectrum] of frames.entries()) {
    const frame = signalOf(spectrum, size)
    const start = k * hop - size
    const end = Math.min(size, out.length - start)
    for (let i = Math.max(0, -start); i < end; i++) {
      sum[start + i] += frame[2 * i] * window[i]
      weights[start + i] += window[i] * window[i]
    }
  }
  for (let i = 0; i < out.length; i++) out[i] = weights[i] > 1e-9 ? sum[i] / weights[i] : 0
}

const windows = new Map<number, Float64Array>()

function hann(size: number): Float64Array {
  const kept = windows.get(size)
  if (kept) return kept
  const window = new Float64Array(size)
  for (let i = 0; i < size; i++) window[i] = 0.5 - 0.5 * exactCos((2 * Math.PI * i) / size)
  windows.set(size, window)
  return window
}
