import FFT from 'fft.js'
import { describe, expect, it } from 'vitest'
import { keyOf, Random } from '../../../base/index.js'
import { completeLevel } from '../../level.js'
import { noiseOf } from '../../table.js'
import type { InputContext, Level } from '../../types.js'
import { filterInto, peaking } from './biquad.js'
import { convolveInto } from './convolve.js'
import { resampled } from './resample.js'
import { roomResponse } from './reverb.js'
import { overlapAdd, spectra } from './stft.js'
import { stretched } from './stretch.js'

const rate = 16000
const tone = (hertz: number, length = rate, size = 0.5) =>
  Float32Array.from({ length }, (_, i) => size * Math.sin((2 * Math.PI * hertz * i) / rate))

function run(kind: string, level: Level, x: Float32Array, more: Partial<InputContext> = {}, n = 0) {
  const noise = noiseOf('input', kind)
  const out = new Float32Array(x.length)
  const context = { shape: [1, x.length], sampleRate: rate, ...more }
  noise.apply(x, out, completeLevel(noise, level), keyOf(2, 'audio', n), context)
  return out
}

const power = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0) / x.length
const difference = (a: Float32Array, b: Float32Array) => a.map((v, i) => v - b[i])

/** Mean power of a frequency band, by the transform of the first 2^k samples. */
function bandPower(x: Float32Array, low: number, high: number): number {
  const size = 2 ** Math.floor(Math.log2(x.length))
  const fft = new FFT(size)
  const spectrum = fft.createComplexArray() as number[]
  fft.realTransform(spectrum, Array.from(x.subarray(0, size)))
  const [first, last] = [low, high].map(hertz => Math.round((hertz * size) / rate))
  let sum = 0
  for (let bin = first; bin < last; bin++)
    sum += spectrum[2 * bin] ** 2 + spectrum[2 * bin + 1] ** 2
  return sum / (last - first)
}

const decibels = (ratio: number) => 10 * Math.log10(ratio)

/** The frequency with the most power. */
function pitchOf(x: Float32Array): number {
  const crossings = x.reduce((n, v, i) => n + (i > 0 && x[i - 1] < 0 && v >= 0 ? 1 : 0), 0)
  return (crossings * rate) / x.length
}

describe('coloured noise', () => {
  it.each([
    ['white', 0],
    ['pink', -3.01],
    ['brown', -6.02],
    ['blue', 3.01],
    ['violet', 6.02],
  ])('%s has a slope of %d dB an octave', (kind, slope) => {
    const x = tone(440, 1 << 15)
    const noise = difference(run(kind, { snr: 0 }, x), x)
    for (const octave of [125, 250, 500, 1000]) {
      const step = decibels(
        bandPower(noise, octave * 2, octave * 4) / bandPower(noise, octave, octave * 2),
      )
      expect(Math.abs(step - slope)).toBeLessThan(1.3)
    }
    const whole = decibels(bandPower(noise, 1000, 2000) / bandPower(noise, 125, 250)) / 3
    expect(Math.abs(whole - slope)).toBeLessThan(0.5)
  })
})

describe('recordings', () => {
  const sources = [{ samples: tone(1000, 5000), sampleRate: 8000 }]

  it('are brought to the rate of the sample and to the ratio', () => {
    const x = tone(300)
    const noise = difference(run('background', { snr: 7 }, x, { sources }), x)
    expect(decibels(power(x) / power(noise))).toBeCloseTo(7, 3)
    // 1000 samples a turn at 16 kHz are 500 turns at 8 kHz, so the pitch halves.
    expect(pitchOf(noise)).toBeGreaterThan(480)
    expect(pitchOf(noise)).toBeLessThan(540)
  })

  it('sound in short bursts at the ratio', () => {
    const x = tone(300, 8 * rate)
    const noise = difference(
      run('short_noises', { snr: 10, length: 0.3, gap: 1 }, x, { sources }),
      x,
    )
    const sounding = noise.filter(v => v !== 0)
    expect(sounding.length / noise.length).toBeGreaterThan(0.1)
    expect(sounding.length / noise.length).toBeLessThan(0.5)
    expect(decibels(power(x) / power(sounding))).toBeCloseTo(10, 0)
  })

  it('are missed in a sentence', () => {
    expect(() => run('background', {}, tone(300), { sources: [] })).toThrow(
      /background needs recordings to draw from \(sources\), and none was given/,
    )
    const silent = [{ samples: new Float32Array(9), sampleRate: 8000 }]
    expect(() => run('babble', {}, tone(300), { sources: silent })).toThrow(
      /all of them are silent/,
    )
    expect(() => run('hum', {}, tone(300), { sampleRate: undefined })).toThrow(
      /hum counts in hertz/,
    )
  })
})

describe('filters', () => {
  const loss = (kind: string, level: Level, hertz: number) =>
    decibels(power(run(kind, level, tone(hertz)).slice(4000)) / power(tone(hertz).slice(4000)))

  it('lose 3 dB at the cutoff and 12 dB an octave beyond', () => {
    expect(loss('low_pass', { cutoff: 1000 }, 1000)).toBeCloseTo(-3.01, 1)
    expect(loss('low_pass', { cutoff: 1000 }, 100)).toBeCloseTo(0, 1)
    expect(Math.abs(loss('low_pass', { cutoff: 250 }, 1000) + 24)).toBeLessThan(1)
    expect(loss('high_pass', { cutoff: 1000 }, 1000)).toBeCloseTo(-3.01, 1)
    expect(Math.abs(loss('high_pass', { cutoff: 1000 }, 250) + 24)).toBeLessThan(1)
    expect(loss('band_pass', {}, 1000)).toBeGreaterThan(-0.5)
    expect(loss('band_pass', {}, 60)).toBeLessThan(-20)
  })
})

describe('equalizer', () => {
  it('gains what was asked in the middle of a band, and the opposite takes it back', () => {
    const x = tone(1363)
    const louder = new Float32Array(x.length)
    filterInto(x, louder, peaking(1363, 6, 1.3, rate))
    const settled = (of: Float32Array) => power(of.subarray(2000))
    expect(decibels(settled(louder) / settled(x))).toBeCloseTo(6, 2)
    filterInto(louder, louder, peaking(1363, -6, 1.3, rate))
    expect(Math.max(...difference(louder, x).map(Math.abs))).toBeLessThan(1e-6)
  })

  it('draws another gain for each band, both ways', () => {
    const gains = [136, 1363, 6324].map(hertz => {
      const x = tone(hertz)
      return Array.from({ length: 40 }, (_, n) =>
        decibels(power(run('equalizer', { decibels: 12 }, x, {}, n)) / power(x)),
      )
    })
    for (const band of gains) {
      expect(Math.min(...band)).toBeLessThan(-4)
      expect(Math.max(...band)).toBeGreaterThan(4)
    }
    // Two bands agree in direction half of the time.
    const alike = gains[0].filter((v, n) => v > 0 === gains[2][n] > 0).length
    expect(Math.abs(alike - 20)).toBeLessThan(16)
  })
})

describe('limiter', () => {
  const half = rate / 2
  const x = tone(440).map((v, i) => (i < half ? v / 10 : v))

  it('never exceeds its threshold, and leaves the quiet part before it alone', () => {
    const peak = Math.max(...x.map(Math.abs))
    const out = run('limiter', { below: 12 }, x)
    const threshold = peak * 10 ** (-12 / 20)
    expect(Math.max(...out.map(Math.abs))).toBeLessThanOrEqual(threshold * (1 + 1e-6))
    expect(Math.max(...out.map(Math.abs))).toBeGreaterThan(threshold * 0.99)
    const early = difference(out, x).subarray(0, half / 2)
    expect(Math.max(...early.map(Math.abs))).toBeLessThan(1e-6)
  })

  it('comes back within the release, to 1/e', () => {
    const burst = new Float32Array(rate).fill(0.1)
    burst[1000] = 1
    const out = run('limiter', { below: 20 * Math.log10(2), release: 0.05 }, burst)
    expect(out[1000]).toBeCloseTo(0.5, 6)
    expect(out[1800]).toBeCloseTo(0.1 * (1 - 0.5 / Math.E), 6)
  })
})

describe('rooms', () => {
  it('ring for the time asked', () => {
    const click = new Float32Array(rate)
    click[0] = 1
    const wet = run('reverb', { wet: 1, seconds: 0.5 }, click)
    // 30 dB in a quarter of a second.
    const fall = decibels(power(wet.slice(1000, 3000)) / power(wet.slice(5000, 7000)))
    expect(Math.abs(fall - 30)).toBeLessThan(3)
  })

  it('of mirror images start with the direct sound, and ring longer with harder walls', () => {
    const soft = roomResponse({ size: 5, absorption: 0.6 }, rate, new Random(keyOf(1, 'room')))
    const hard = roomResponse({ size: 5, absorption: 0.1 }, rate, new Random(keyOf(1, 'room')))
    expect(soft[0]).toBeGreaterThan(0.1)
    expect(soft[0]).toBe(soft.reduce((a, b) => Math.max(a, b)))
    const late = (h: Float32Array) => power(h.slice(800, 3200)) / power(h.slice(0, 800))
    expect(late(hard)).toBeGreaterThan(3 * late(soft))
  })

  it('convolve as the definition says', () => {
    const [x, h] = [tone(700, 300), tone(900, 90)]
    const out = new Float32Array(300)
    convolveInto(x, h, out)
    const direct = x.map((_, i) => h.reduce((sum, v, k) => sum + (i >= k ? v * x[i - k] : 0), 0))
    expect(Math.max(...difference(out, direct).map(Math.abs))).toBeLessThan(1e-5)
  })
})

describe('time and pitch', () => {
  it('resampling keeps a tone and takes away what is above half the lower rate', () => {
    const up = resampled(tone(1000, 4000), 0.5)
    const wanted = Float32Array.from(
      { length: 8000 },
      (_, i) => 0.5 * Math.sin((Math.PI * 1000 * i) / rate),
    )
    expect(Math.max(...difference(up, wanted).slice(100, 7900).map(Math.abs))).toBeLessThan(1e-3)
    expect(power(resampled(tone(6000), 2)) / power(tone(6000))).toBeLessThan(1e-4)
    expect(power(run('resampling', { factor: 0.5 }, tone(6000)))).toBeLessThan(1e-4)
    expect(pitchOf(run('aliasing', { factor: 0.5 }, tone(6000)))).toBeCloseTo(2000, -2)
  })

  it('the vocoder changes the length and keeps the pitch', () => {
    for (const speed of [0.8, 1.25]) {
      const out = stretched(tone(440), speed)
      expect(out.length).toBe(Math.round(rate / speed))
      expect(pitchOf(out)).toBeCloseTo(440, -1)
      expect(power(out.slice(3000, -3000)) / power(tone(440))).toBeCloseTo(1, 0)
    }
  })

  it('pitch_shift keeps the length and moves the pitch within its bounds, speed moves both', () => {
    for (let n = 0; n < 6; n++) {
      const shifted = pitchOf(
        run('pitch_shift', { semitones: 4 }, tone(440), {}, n).slice(2000, 14000),
      )
      expect(shifted).toBeGreaterThan(440 / 2 ** (4.5 / 12))
      expect(shifted).toBeLessThan(440 * 2 ** (4.5 / 12))
      const faster = pitchOf(run('speed', { factor: 1.2 }, tone(440), {}, n).slice(0, 12000))
      expect(faster).toBeGreaterThan(440 / 1.22)
      expect(faster).toBeLessThan(440 * 1.22)
    }
  })

  it('frames add up to the waveform again', () => {
    const x = tone(321, 5000)
    const out = new Float32Array(5000)
    overlapAdd(spectra(x, { size: 512, hop: 128 }), out, { size: 512, hop: 128 })
    expect(Math.max(...difference(out, x).map(Math.abs))).toBeLessThan(1e-6)
  })

  it('masks silence a stretch, or take out a band', () => {
    const masked = run(
      'time_mask',
      { share: 0.5 },
      tone(440).map(v => v + 2),
    )
    const silent = masked.filter(v => v === 0).length / rate
    expect(silent).toBeGreaterThan(0)
    expect(silent).toBeLessThanOrEqual(0.5)
    const white = run('white', { snr: -40 }, tone(440))
    const out = run('frequency_mask', { share: 1 }, white)
    expect(power(out)).toBeLessThan(power(white))
  })
})

describe('distortion', () => {
  it('clips the share asked and rounds to the bits asked', () => {
    const noise = run('white', { snr: 0 }, tone(440))
    const clipped = run('clipping', { share: 0.3 }, noise)
    const top = clipped.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
    expect(clipped.filter(v => Math.abs(v) === top).length / rate).toBeCloseTo(0.3, 2)
    expect(new Set(run('bit_crush', { bits: 3 }, tone(440, rate, 0.99))).size).toBeLessThanOrEqual(
      9,
    )
    const bent = run('tanh_distortion', { drive: 8 }, noise)
    expect(power(bent) / power(noise)).toBeCloseTo(1, 4)
  })

  it('clicks as often as asked', () => {
    const x = new Float32Array(60 * rate)
    const out = run('clicks', { rate: 20, size: 0.5 }, x)
    const starts = out.reduce(
      (n, v, i) => n + (v !== 0 && (i === 0 || out[i - 1] === 0) ? 1 : 0),
      0,
    )
    expect(Math.abs(starts - 1200)).toBeLessThan(5 * Math.sqrt(1200) + 60)
  })
})
