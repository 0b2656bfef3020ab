import { exactCos, exactPow, exactSin } from '../../../base/index.js'
import { clipInPlace } from '../../context.js'
import type { InputContext } from '../../types.js'
import { eachChannel } from './rate.js'

/** b0, b1, b2, a1, a2 over a0. */
export type Biquad = readonly [number, number, number, number, number]

/** Butterworth of second order (12 dB an octave), by the cookbook's bilinear transform. */
export function butterworth(kind: 'low' | 'high', cutoff: number, rate: number): Biquad {
  const w = (2 * Math.PI * Math.min(cutoff, 0.4999 * rate)) / rate
  const [cos, alpha] = [exactCos(w), exactSin(w) / Math.SQRT2]
  const a0 = 1 + alpha
  const middle = kind === 'low' ? 1 - cos : -(1 + cos)
  const side = Math.abs(middle) / 2
  return [side / a0, middle / a0, side / a0, (-2 * cos) / a0, (1 - alpha) / a0]
}

/** Gain of so many dB at a frequency, none far from it; quality is the frequency over the bandwidth. */
export function peaking(
  frequency: number,
  decibels: number,
  quality: number,
  rate: number,
): Biquad {
  const w = (2 * Math.PI * frequency) / rate
  const [cos, alpha] = [exactCos(w), exactSin(w) / (2 * quality)]
  const size = exactPow(10, decibels / 40)
  const a0 = 1 + alpha / size
  const middle = (-2 * cos) / a0
  return [(1 + alpha * size) / a0, middle, (1 - alpha * size) / a0, middle, (1 - alpha / size) / a0]
}

export function filterInto(
  from: Float32Array,
  to: Float32Array,
  [b0, b1, b2, a1, a2]: Biquad,
): void {
  let [x1, x2, y1, y2] = [0, 0, 0, 0]
  for (let i = 0; i < from.length; i++) {
    const x = from[i]
    const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
    to[i] = y
    ;[x2, x1, y2, y1] = [x1, x, y1, y]
  }
}

/** Filters one after the other, in every channel; clipped at the end. */
export function applyFilters(
  x: Float32Array,
  out: Float32Array,
  filters: readonly Biquad[],
  context: InputContext,
) {
  eachChannel(x, out, context, (from, to) => {
    if (from !== to) to.set(from)
    for (const filter of filters) filterInto(to, to, filter)
  })
  clipInPlace(out, context)
}
