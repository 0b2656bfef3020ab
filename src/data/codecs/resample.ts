/** Zero crossings of the sinc on each side, share of the lower Nyquist kept, and Kaiser's beta. */
const ZERO_CROSSINGS = 64
const ROLLOFF = 0.9475937167399596
const BETA = 14.769656459379492
const MAX_PHASES = 4096

/**
 * Band-limited interpolation by a Kaiser-windowed sinc (Smith, "Digital audio resampling"; the
 * constants are resampy's `kaiser_best`, chosen there by search):
 *
 *   y[m] = sum_n x[n] h(n - m from/to),   h(t) = c sinc(c t) w(c t / Z),   c = rolloff min(1, to/from)
 *
 * with t in input samples and silence outside the input. Returns the samples of `out` in order;
 * output m stands at the time of input m from/to.
 */
export function resample(x: Float32Array, from: number, to: number, out: Float32Array): void {
  const divisor = greatestCommonDivisor(from, to)
  const step = from / divisor
  const phases = to / divisor
  const cutoff = ROLLOFF * Math.min(1, to / from)
  const half = Math.ceil(ZERO_CROSSINGS / cutoff)
  const taps = new Map<number, Float32Array>()
  for (let m = 0; m < out.length; m++) {
    const phase = (m * step) % phases
    const centre = (m * step - phase) / phases
    let filter = taps.get(phase)
    if (!filter) {
      filter = filterOf(phase / phases, half, cutoff)
      if (taps.size < MAX_PHASES) taps.set(phase, filter)
    }
    const begin = Math.max(0, half - centre)
    const end = Math.min(filter.length, x.length - centre + half)
    let sum = 0
    for (let k = begin; k < end; k++) sum += filter[k] * x[centre - half + k]
    out[m] = sum
  }
}

/** h(k - half - fraction) for k from 0 to 2 half + 1. */
function filterOf(fraction: number, half: number, cutoff: number): Float32Array {
  return Float32Array.from({ length: 2 * half + 2 }, (_, k) => {
    const t = cutoff * (k - half - fraction)
    const position = t / ZERO_CROSSINGS
    if (Math.abs(position) >= 1) return 0
    return cutoff * sinc(t) * (bessel0(BETA * Math.sqrt(1 - position * position)) / bessel0(BETA))
  })
}

const sinc = (t: number) => (t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t))

/** Modified Bessel function of the first kind, order 0: sum over k of ((x/2)^k / k!)^2. */
function bessel0(x: number): number {
  let sum = 1
  let term = 1
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

function greatestCommonDivisor(a: number, b: number): number {
  return b ? greatestCommonDivisor(b, a % b) : a
}
