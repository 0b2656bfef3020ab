import FFT from 'fft.js'
import type { Cell, Raster, Tick } from './sheet.js'

const height = 192
const dynamicRange = 80

/** Power of a waveform over time and frequency, in dB; row 0 is the lowest frequency. */
export interface Spectrum {
  readonly columns: number
  readonly rows: number
  /** `[column, row]` */
  readonly decibels: Float32Array
}

/** Short-time Fourier transform under a Hann window of about 32 ms, `columns` frames evenly over the sound. */
export function spectrumOf(wave: Float32Array, sampleRate: number, columns: number): Spectrum {
  const size = 2 ** Math.max(5, Math.round(Math.log2(0.032 * sampleRate)))
  const fft = new FFT(size)
  const window = Float64Array.from(
    { length: size },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size),
  )
  const frame = new Array<number>(size)
  const spectrum = fft.createComplexArray() as number[]
  const rows = size / 2 + 1
  const decibels = new Float32Array(columns * rows)
  for (let column = 0; column < columns; column++) {
    const middle = ((column + 0.5) * wave.length) / columns
    const start = Math.round(middle - size / 2)
    for (let i = 0; i < size; i++) frame[i] = (wave[start + i] ?? 0) * window[i]
    fft.realTransform(spectrum, frame)
    for (let row = 0; row < rows; row++) {
      const power = spectrum[2 * row] ** 2 + spectrum[2 * row + 1] ** 2
      decibels[column * rows + row] = 10 * Math.log10(power + 1e-12)
    }
  }
  return { columns, rows, decibels }
}

/** The loudest value of a spectrum; what the colours of several are counted from. */
export function loudest({ decibels }: Spectrum): number {
  return decibels.reduce((most, value) => Math.max(most, value), -120)
}

/** A spectrum as a picture: `top` dB is the brightest, 80 dB less is black. */
export function spectrogram(spectrum: Spectrum, top: number): Raster {
  const { columns, rows, decibels } = spectrum
  const data = new Uint8Array(columns * height * 3)
  for (let y = 0; y < height; y++) {
    const row = ((height - 1 - y) / (height - 1)) * (rows - 1)
    const low = Math.min(rows - 2, Math.floor(row))
    for (let column = 0; column < columns; column++) {
      const at = column * rows + low
      const value = decibels[at] + (row - low) * (decibels[at + 1] - decibels[at])
      data.set(colourOf(1 + (value - top) / dynamicRange), (y * columns + column) * 3)
    }
  }
  return { data, width: columns, height }
}

/** Nine colours of matplotlib's "magma", evenly from dark to bright. */
const magma = [
  [0, 0, 4],
  [28, 16, 68],
  [79, 18, 123],
  [129, 37, 129],
  [181, 54, 122],
  [229, 80, 100],
  [251, 135, 97],
  [254, 194, 135],
  [252, 253, 191],
] as const

function colourOf(value: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, value)) * (magma.length - 1)
  const low = Math.min(magma.length - 2, Math.floor(place))
  const part = place - low
  const channel = (c: number) => Math.round(magma[low][c] * (1 - part) + magma[low + 1][c] * part)
  return [channel(0), channel(1), channel(2)]
}

/** Ticks of a spectrogram: kilohertz up, seconds along. */
export function axesOf(seconds: number, sampleRate: number): Cell['axes'] {
  const step = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120].find(s => seconds / s <= 8) ?? 300
  const x: Tick[] = []
  for (let s = 0; s <= seconds + 1e-9; s += step)
    x.push({ at: s / seconds, label: `${Number(s.toFixed(2))}${x.length ? '' : ' s'}` })
  const y = [0, 0.25, 0.5, 0.75, 1].map(at => ({
    at,
    label: `${Number(((at * sampleRate) / 2000).toFixed(2))}${at === 1 ? ' kHz' : ''}`,
  }))
  return { x, y }
}
