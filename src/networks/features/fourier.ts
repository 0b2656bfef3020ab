import { exactCos, exactSin } from '../../base/index.js'

/** The periodic Hann window, `0.5 - 0.5 cos(2 pi i / length)`. */
export function hann(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * exactCos((2 * Math.PI * i) / length))
}

/**
 * The Fourier transform of windowed frames as convolution kernels `[2 * bins, 1, window]`: first
 * the real parts `w[i] cos(2 pi k (i + offset) / size)`, then the imaginary ones with `-sin`, where
 * `offset` is the window's place in the middle of a transform longer than itself.
 */
export function fourierKernels(
  size: number,
  window: Float64Array,
  bins: readonly number[],
): Float32Array {
  const offset = (size - window.length) >> 1
  // A whole number of turns is taken off first, so that the angle keeps all its digits.
  const angle = (k: number, i: number) => (2 * Math.PI * ((k * (i + offset)) % size)) / size
  const out = new Float32Array(2 * bins.length * window.length)
  for (const [row, k] of bins.entries())
    for (const [i, weight] of window.entries()) {
      out[row * window.length + i] = weight * exactCos(angle(k, i))
      out[(bins.length + row) * window.length + i] = -weight * exactSin(angle(k, i))
    }
  return out
}

/**
 * The orthonormal cosine transform (DCT-II) `[coefficients, bands]`:
 * `c[k][m] = sqrt(2 / bands) cos(pi k (m + 1/2) / bands)`, the first row over sqrt(2).
 */
export function cosineTransform(coefficients: number, bands: number): Float32Array {
  const out = new Float32Array(coefficients * bands)
  for (let k = 0; k < coefficients; k++)
    for (let m = 0; m < bands; m++)
      out[k * bands + m] =
        Math.sqrt((k ? 2 : 1) / bands) * exactCos((Math.PI * k * (m + 0.5)) / bands)
  return out
}
