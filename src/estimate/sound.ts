import FFT from 'fft.js'

/** What is estimated of one recording; null where it cannot be said. */
export interface SoundMeasures {
  /** Signal over noise power in dB, the noise being what the quietest frames hold. */
  readonly snrDb: number | null
  /** Slope of the noise's spectrum in dB an octave: 0 white, -3 pink, -6 brown. */
  readonly slopeDb: number | null
  /** Share of the samples that lie flat at the largest magnitude. */
  readonly clipped: number
  readonly silent: boolean
}

/** Measures one channel in [-1,1]. */
export function measureSound(wave: Float32Array, sampleRate: number): SoundMeasures {
  const peak = wave.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (peak === 0) return { snrDb: null, slopeDb: null, clipped: 0, silent: true }
  const quiet = quietest(framesOf(wave, sampleRate))
  const slopeDb = quiet && slopeOf(wave, quiet, sampleRate)
  return {
    snrDb: quiet && ratioOf(wave, quiet, slopeDb ?? 0),
    slopeDb,
    clipped: clippedShare(wave, peak),
    silent: false,
  }
}

interface Frame {
  readonly start: number
  readonly length: number
  readonly power: number
}

/** Frames of 20 ms every 10 ms, without those that hold digital silence alone. */
function framesOf(wave: Float32Array, sampleRate: number): Frame[] {
  const length = Math.max(16, Math.round(0.02 * sampleRate))
  const mean = wave.reduce((a, b) => a + b, 0) / wave.length
  const frames: Frame[] = []
  for (let start = 0; start + length <= wave.length; start += length >> 1) {
    const part = wave.subarray(start, start + length)
    const power = part.reduce((sum, v) => sum + (v - mean) ** 2, 0) / length
    if (power > 0) frames.push({ start, length, power })
  }
  return frames
}

/** The quietest tenth, at least two; null where there are fewer than ten frames. */
function quietest(frames: readonly Frame[]): readonly Frame[] | null {
  if (frames.length < 10) return null
  const sorted = [...frames].sort((a, b) => a.power - b.power)
  return sorted.slice(0, Math.max(2, Math.round(frames.length / 5)))
}

/**
 * (whole - noise) / noise in dB. The tenth percentile of the frames' power (the median of the quietest
 * fifth) is the noise: a little below its mean where it is white, and more so the more its spectrum falls,
 * because low tones swing over the frames: by about .7 dB for each dB an octave (by simulation).
 */
function ratioOf(wave: Float32Array, quiet: readonly Frame[], slope: number): number {
  const swing = 10 ** (0.07 * Math.max(0, -slope))
  const noise = quiet[quiet.length >> 1].power * swing
  const mean = wave.reduce((a, b) => a + b, 0) / wave.length
  const whole = wave.reduce((sum, v) => sum + (v - mean) ** 2, 0) / wave.length
  return 10 * Math.log10(Math.max(whole - noise, whole * 1e-3) / noise)
}

/** Straight line through the mean spectrum of the quietest frames, over octaves above 100 Hz. */
function slopeOf(wave: Float32Array, quiet: readonly Frame[], sampleRate: number): number | null {
  const size = 2 ** Math.ceil(Math.log2(quiet[0].length))
  const fft = new FFT(size)
  const spectrum = fft.createComplexArray() as number[]
  const power = new Float64Array(size / 2)
  for (const { start, length } of quiet) {
    const frame = Array.from({ length: size }, (_, i) =>
      i < length ? wave[start + i] * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length)) : 0,
    )
    fft.realTransform(spectrum, frame)
    for (let k = 0; k < size / 2; k++) power[k] += spectrum[2 * k] ** 2 + spectrum[2 * k + 1] ** 2
  }
  const points: [number, number][] = []
  for (let low = 200; low < 0.45 * sampleRate; low *= 2 ** 0.5) {
    const [from, to] = [low, low * 2 ** 0.5].map(f => Math.round((f / sampleRate) * size))
    const part = power.subarray(from, Math.max(from + 1, Math.min(to, size / 2)))
    const mean = part.reduce((a, b) => a + b, 0) / part.length
    if (mean > 0) points.push([Math.log2(low), 10 * Math.log10(mean)])
  }
  return points.length < 3 ? null : lineSlope(points)
}

function lineSlope(points: readonly (readonly [number, number])[]): number {
  const mean = (k: 0 | 1) => points.reduce((sum, point) => sum + point[k], 0) / points.length
  const [mx, my] = [mean(0), mean(1)]
  const [above, below] = points.reduce(
    ([a, b], [x, y]) => [a + (x - mx) * (y - my), b + (x - mx) ** 2],
    [0, 0],
  )
  return above / below
}

/** Samples in runs of three and more at the peak. */
function clippedShare(wave: Float32Array, peak: number): number {
  let [count, run] = [0, 0]
  for (let i = 0; i <= wave.length; i++) {
    if (i < wave.length && Math.abs(wave[i]) >= peak * 0.9995) run++
    else {
      if (run >= 3) count += run
      run = 0
    }
  }
  return count / wave.length
}
