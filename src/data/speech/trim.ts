/** Below this share of the loudest frame a frame is silent (-34 dB). */
const QUIET = 0.02
const FRAME = 160
/** Frames kept before and after what is heard. */
const MARGIN = 2

/** The stretch of a recording in which something is heard; silence stays as it is. */
export function trimSilence(samples: Float32Array): Float32Array {
  const count = Math.ceil(samples.length / FRAME)
  const loudness = Array.from({ length: count }, (_, i) =>
    samples
      .subarray(i * FRAME, (i + 1) * FRAME)
      .reduce((most, v) => Math.max(most, Math.abs(v)), 0),
  )
  const least = QUIET * loudness.reduce((a, b) => Math.max(a, b), 0)
  const heard = (value: number) => value > least
  const first = loudness.findIndex(heard)
  if (first < 0) return samples
  const last = loudness.findLastIndex(heard)
  return samples.slice(Math.max(0, first - MARGIN) * FRAME, (last + 1 + MARGIN) * FRAME)
}
