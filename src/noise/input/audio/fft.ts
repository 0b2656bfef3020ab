import FFT from 'fft.js'
import { exactCos, exactSin } from '../../../base/index.js'

const made = new Map<number, FFT>()

/** A transform of 2^k points whose table of turns is the same in every engine. */
export function transformOf(size: number): FFT {
  const kept = made.get(size)
  if (kept) return kept
  const fft = new FFT(size)
  for (let i = 0; i < fft.table.length; i += 2) {
    const angle = (Math.PI * i) / size
    fft.table[i] = exactCos(angle)
    fft.table[i + 1] = -exactSin(angle)
  }
  if (made.size > 16) made.clear()
  made.set(size, fft)
  return fft
}

/** The spectrum of a real signal, interleaved, all of it. */
export function spectrumOf(signal: number[], size: number): number[] {
  const fft = transformOf(size)
  const spectrum = fft.createComplexArray() as number[]
  fft.realTransform(spectrum, signal)
  fft.completeSpectrum(spectrum)
  return spectrum
}

/** The signal of a spectrum, interleaved. */
export function signalOf(spectrum: number[], size: number): number[] {
  const fft = transformOf(size)
  const signal = fft.createComplexArray() as number[]
  fft.inverseTransform(signal, spectrum)
  return signal
}
