import { signalOf, spectrumOf } from './fft.js'

/** The start of x * h, as long as x, by the fast Fourier transform. */
export function convolveInto(x: Float32Array, h: Float32Array, out: Float32Array): void {
  let size = 2
  while (size < x.length + h.length) size *= 2
  const transformed = (signal: Float32Array) => {
    const padded = new Array<number>(size).fill(0)
    for (let i = 0; i < signal.length; i++) padded[i] = signal[i]
    return spectrumOf(padded, size)
  }
  const [a, b] = [transformed(x), transformed(h)]
  for (let i = 0; i < 2 * size; i += 2) {
    const real = a[i] * b[i] - a[i + 1] * b[i + 1]
    a[i + 1] = a[i] * b[i + 1] + a[i + 1] * b[i]
    a[i] = real
  }
  const result = signalOf(a, size)
  for (let i = 0; i < out.length; i++) out[i] = result[2 * i]
}
