import { exactCos, exactSin } from '../../../base/index.js'

/** Zero crossings of the kernel on either side, and steps of its table between two of them. */
const reach = 16
const steps = 512

let table: Float64Array | undefined

/** sinc(u) under a Hann window of `reach` crossings, for u from 0 to `reach`. */
function kernelTable(): Float64Array {
  table ??= Float64Array.from({ length: reach * steps + 2 }, (_, k) => {
    const u = k / steps
    if (k === 0) return 1
    if (u >= reach) return 0
    return (exactSin(Math.PI * u) / (Math.PI * u)) * (0.5 + 0.5 * exactCos((Math.PI * u) / reach))
  })
  return table
}

/**
 * A waveform read at `step` input samples per output sample (above 1: shorter and higher), through a
 * low-pass at the lower of both rates, so without aliasing; zeros lie outside. Fills `out`.
 */
export function resampleInto(x: Float32Array, out: Float32Array, step: number): void {
  const kernel = kernelTable()
  const cutoff = Math.min(1, 1 / step)
  const width = reach / cutoff
  for (let m = 0; m < out.length; m++) {
    const place = m * step
    const last = Math.min(x.length - 1, Math.floor(place + width))
    let sum = 0
    for (let i = Math.max(0, Math.ceil(place - width)); i <= last; i++) {
      const u = Math.abs(place - i) * cutoff * steps
      const k = Math.floor(u)
      sum += x[i] * (kernel[k] + (u - k) * (kernel[k + 1] - kernel[k]))
    }
    out[m] = sum * cutoff
  }
}

/** The same, of the length that keeps all of it. */
export function resampled(x: Float32Array, step: number): Float32Array {
  if (step === 1) return x
  const out = new Float32Array(Math.max(1, Math.round(x.length / step)))
  resampleInto(x, out, step)
  return out
}
