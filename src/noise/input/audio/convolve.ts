import FFT from 'fft.js'

/** The start of x * h, as long as x, by the fast Fourier transform. */
export function convolveInto(x: Float32Array, h: Float32Array, out: Float32Array): void {
  const size = 2 ** Math.ceil(Math.log2(x.length + h.length))
  const fft = new FFT(size)
  const transformed = (signal: Float32Array) => {
    const padded = new Array<number>(size).fill(0)
    signal.forEach((value, i) => {
      padded[i] = value
    })
    const spectrum = fft.createComplexArray() as number[]
    fft.realTransform(spectrum, padded)
    fft.completeSpectrum(spectrum)
    return spectrum
  }
  const [a, b] = [transformed(x), transformed(h)]
  for (let i = 0; i < 2 * size; i += 2) {
    const real = a[i] * b[i] - a[i + 1] * b[i + 1]
    a[i + 1] = a[i] * b[i + 1] + a[i + 1] * b[i]
    a[i] = real
  }
  const result = fft.createComplexArray() as number[]
  fft.inverseTransform(result, a)
  for (let i = 0; i < out.length; i++) out[i] = result[2 * i]
}
