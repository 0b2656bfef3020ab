import FFT from 'fft.js'

/** Length of a frame and distance between frames, in samples. */
export interface Frames {
  readonly size: number
  readonly hop: number
}

/** Frames of a waveform under a Hann window, as interleaved complex spectra; edges are padded by zeros. */
export function spectra(x: Float32Array, { size, hop }: Frames): Float64Array[] {
  const fft = new FFT(size)
  const window = hann(size)
  const count = Math.ceil((x.length + size) / hop)
  return Array.from({ length: count }, (_, k) => {
    const frame = Array.from(window, (weight, i) => {
      const at = k * hop + i - size
      return at >= 0 && at < x.length ? x[at] * weight : 0
    })
    const spectrum = fft.createComplexArray() as number[]
    fft.realTransform(spectrum, frame)
    fft.completeSpectrum(spectrum)
    return Float64Array.from(spectrum)
  })
}

/** The waveform of spectra: windowed frames added and divided by what the windows add up to. */
export function overlapAdd(
  frames: readonly Float64Array[],
  out: Float32Array,
  { size, hop }: Frames,
): void {
  const fft = new FFT(size)
  const window = hann(size)
  const sum = new Float64Array(out.length)
  const weights = new Float64Array(out.length)
  for (const [k, spectrum] of frames.entries()) {
    const frame = fft.createComplexArray() as number[]
    fft.inverseTransform(frame, Array.from(spectrum))
    for (let i = 0; i < size; i++) {
      const at = k * hop + i - size
      if (at < 0 || at >= out.length) continue
      sum[at] += frame[2 * i] * window[i]
      weights[at] += window[i] ** 2
    }
  }
  for (let i = 0; i < out.length; i++) out[i] = weights[i] > 1e-9 ? sum[i] / weights[i] : 0
}

function hann(size: number): Float64Array {
  return Float64Array.from(
    { length: size },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size),
  )
}
