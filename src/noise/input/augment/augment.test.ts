import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../base/index.js'
import { completeLevel } from '../../level.js'
import { noiseOf } from '../../table.js'
import type { Level } from '../../types.js'
import { solveLinear } from './linear.js'
import { besselOne, ringKernel } from './ringing-overshoot.js'

const shape = [3, 40, 60]
const size = 40 * 60
const grey = new Float32Array(3 * size).fill(0.5)
/** A different byte for every place of a plane, smooth along the rows. */
const ramp = Float32Array.from({ length: 3 * size }, (_, i) => (i % 60) / 59)

function run(kind: string, level: Level, n = 0, x = grey) {
  const noise = noiseOf('input', kind)
  const out = new Float32Array(x.length)
  noise.apply(x, out, completeLevel(noise, level), keyOf(9, 'augment', n), { shape, clip: [0, 1] })
  return out
}

const changed = (out: Float32Array, x = grey) =>
  out.filter((v, i) => v !== x[i]).length / out.length
const meanOver = (count: number, of: (n: number) => number) =>
  Array.from({ length: count }, (_, n) => of(n)).reduce((a, b) => a + b) / count

describe('covers', () => {
  it('are the squares and rectangles asked for', () => {
    for (let n = 0; n < 50; n++) {
      expect(changed(run('cutout', { side: 0.5 }, n))).toBeLessThanOrEqual(400 / size)
      const area = changed(run('random_erasing', { area: 0.3, least: 0.1 }, n))
      expect(area).toBeGreaterThan(0.09)
      expect(area).toBeLessThan(0.32)
    }
    // A square about a place near the edge is cut.
    expect(meanOver(50, n => changed(run('cutout', { side: 0.5 }, n)))).toBeGreaterThan(250 / size)
    expect(
      meanOver(50, n => changed(run('grid_mask', { removed: 0.5, unit: 0.25 }, n))),
    ).toBeCloseTo(0.25, 1)
    expect(changed(run('coarse_dropout', { side: 0.05, holes: 10 }))).toBeLessThanOrEqual(40 / size)
  })
})

describe('random erasing', () => {
  it('fills with one value, one colour or noise', () => {
    const colours = (mode: number) => {
      const out = run('random_erasing', { area: 0.3, least: 0.1, mode, fill: 0.25 })
      return [0, 1, 2].map(c => {
        const plane = out.subarray(c * size, (c + 1) * size)
        return [...new Set(plane.filter(v => v !== 0.5))]
      })
    }
    expect(colours(0)).toEqual([[0.25], [0.25], [0.25]])
    const one = colours(1)
    expect(one.map(values => values.length)).toEqual([1, 1, 1])
    expect(new Set(one.flat()).size).toBe(3)
    for (const values of colours(2)) expect(values.length).toBeGreaterThan(200)
  })
})

describe('median blur', () => {
  it('leaves what is constant or rising, and takes away lone points', () => {
    expect(run('median_blur', { radius: 3 })).toEqual(grey)
    expect(run('median_blur', { radius: 1 }, 0, ramp)).toEqual(ramp)
    const specks = grey.slice()
    for (const i of [0, 65, 1000, 2399, 5000]) specks[i] = 1
    expect(run('median_blur', { radius: 1 }, 0, specks)).toEqual(grey)
  })
})

describe('chromatic aberration', () => {
  it('moves red out and blue in by their scale about the middle; green stays', () => {
    const out = run('chromatic_aberration', { red: 0.1, blue: -0.05 }, 0, ramp)
    const middle = 59 / 2
    for (const x of [10, 25, 50])
      for (const [c, by] of [0.1, 0, -0.05].entries())
        expect(out[c * size + 20 * 60 + x]).toBeCloseTo((middle + (x - middle) / (1 + by)) / 59, 5)
  })

  it('asks for colours', () => {
    const noise = noiseOf('input', 'chromatic_aberration')
    const x = new Float32Array(16)
    const level = completeLevel(noise, {})
    expect(() => noise.apply(x, x, level, keyOf(9, 'grey'), { shape: [1, 4, 4] })).toThrow(
      /needs 3 channels, received 1/,
    )
  })
})

describe('ringing', () => {
  it('has the Bessel function of the tables', () => {
    expect(besselOne(1)).toBeCloseTo(0.440050585744934, 14)
    expect(besselOne(10)).toBeCloseTo(0.043472746168861, 14)
    expect(besselOne(60)).toBeCloseTo(0.046598383758197, 12)
  })

  it('keeps what is constant, passes slow waves and stops fast ones', () => {
    const flat = run('ringing_overshoot', { cutoff: 1 })
    for (const v of flat) expect(v).toBeCloseTo(0.5, 6)
    const kernel = ringKernel(1, 15)
    const response = (frequency: number) =>
      kernel.reduce((sum, v, i) => sum + v * Math.cos(frequency * ((i % 31) - 15)), 0)
    expect(response(0.3)).toBeCloseTo(1, 0.8)
    expect(Math.abs(response(1.8))).toBeLessThan(0.1)
  })

  it('overshoots on both sides of an edge', () => {
    const edge = grey.map((_, i) => (i % 60 < 30 ? 0.25 : 0.75))
    const row = run('ringing_overshoot', { cutoff: 1 }, 0, edge).subarray(20 * 60, 21 * 60)
    expect(Math.max(...row)).toBeGreaterThan(0.77)
    expect(Math.min(...row)).toBeLessThan(0.23)
  })
})

describe('rain', () => {
  it('covers what its streaks cover, and dims the rest', () => {
    const dry = { dimming: 0, slant: 0, length: 0.1, opacity: 1 }
    // 12 streaks of 4 pixels shared out between two columns, a twelfth of them cut at the top.
    const share = meanOver(40, n => changed(run('rain', { ...dry, streaks: 5 }, n)))
    expect(share).toBeGreaterThan((12 * 4 * 2 * 0.8) / size)
    expect(share).toBeLessThan((12 * 4 * 2) / size)
    const dim = run('rain', { ...dry, streaks: 0, dimming: 0.4 })
    for (const v of dim) expect(v).toBeCloseTo(0.3, 6)
  })
})

describe('colours', () => {
  it('jitter about the image, each bound kept', () => {
    const means = Array.from(
      { length: 100 },
      (_, n) => run('colour_jitter', { brightness: 0.4, contrast: 0, saturation: 0, hue: 0 }, n)[0],
    )
    expect(Math.min(...means)).toBeGreaterThanOrEqual(0.3)
    expect(Math.max(...means)).toBeLessThanOrEqual(0.7)
    expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(0.3)
    // Hue and saturation leave grey as it is.
    const turned = run('colour_jitter', { brightness: 0, contrast: 0, saturation: 1, hue: 0.5 })
    turned.forEach(v => {
      expect(v).toBeCloseTo(0.5, 6)
    })
  })

  it('keep upper bits, invert the bright', () => {
    expect(
      [...new Set(run('posterize', { bits: 2 }, 0, ramp))].map(v => Math.round(v * 255)),
    ).toEqual([0, 64, 128, 192])
    const out = run('solarize', { threshold: 0.6 }, 0, ramp)
    out.forEach((v, i) => {
      expect(v).toBeCloseTo(ramp[i] >= 0.6 ? 1 - ramp[i] : ramp[i], 6)
    })
  })

  it('of a sensitive sensor grow lighter with the spread of the image, and turn in hue', () => {
    const flat = run('iso_noise', { intensity: 0.5 })
    expect(changed(flat)).toBe(0)
    const out = run('iso_noise', { intensity: 0.3, colourShift: 0 }, 0, ramp)
    const spread = Math.sqrt(meanOver(60, x => (x / 59 - 0.5) ** 2))
    const lift = out.reduce((s, v, i) => s + v - ramp[i], 0) / out.length
    // The mean of s intensity (1 - L) over L from 0 to 1.
    expect(lift / (0.3 * spread * 0.5)).toBeCloseTo(1, 1)
  })
})

describe('geometry', () => {
  it('solves linear systems', () => {
    expect(
      solveLinear([
        [0, 2, 4],
        [3, 1, 8],
      ]).map(v => v.toFixed(6)),
    ).toEqual(['2.000000', '2.000000'])
  })

  it('moves and zooms within its bounds', () => {
    // A zoom alone keeps the middle and scales the slope of a ramp.
    for (let n = 0; n < 20; n++) {
      const out = run('random_affine', { degrees: 0, shear: 0, zoom: 1.5, move: 0 }, n, ramp)
      const slope = (out[20 * 60 + 35] - out[20 * 60 + 25]) * 5.9
      expect(slope).toBeGreaterThan(1 / 1.51)
      expect(slope).toBeLessThan(1.51)
      const moved = run('random_affine', { degrees: 0, shear: 0, zoom: 1, move: 0.1 }, n, ramp)
      expect(Math.abs(moved[20 * 60 + 30] - ramp[30])).toBeLessThanOrEqual(6.01 / 59)
    }
  })

  it('takes the inner corners to the outer ones', () => {
    // Read from the inside, a ramp loses both of its ends.
    const seen = meanOver(20, n => {
      const out = run('perspective', { distortion: 0.5 }, n, ramp)
      return out[59] - out[0]
    })
    expect(seen).toBeGreaterThan(0.5)
    expect(seen).toBeLessThan(0.95)
  })
})

describe('AugMix and RandAugment', () => {
  it('grow with severity and number', () => {
    const strength = (kind: string, level: Level) =>
      meanOver(40, n => run(kind, level, n, ramp).reduce((s, v, i) => s + Math.abs(v - ramp[i]), 0))
    expect(strength('augmix', { severity: 8 })).toBeGreaterThan(strength('augmix', { severity: 1 }))
    expect(strength('rand_augment', { operations: 4 })).toBeGreaterThan(
      strength('rand_augment', { operations: 1 }),
    )
  })
})

describe('uneven light', () => {
  it('rises evenly across the image, as much above as below', () => {
    for (let n = 0; n < 20; n++) {
      const out = run('illumination', { strength: 0.4 }, n).subarray(0, size)
      expect(out.reduce((a, b) => a + b) / size).toBeCloseTo(0.5, 5)
      for (const i of [61, 700, 1999]) {
        expect(out[i - 1] + out[i + 1]).toBeCloseTo(2 * out[i], 5)
        expect(out[i - 60] + out[i + 60]).toBeCloseTo(2 * out[i], 5)
      }
      const most = out.reduce((a, b) => Math.max(a, b))
      expect(most).toBeGreaterThan(0.5 + 0.2 * 0.95)
      expect(most).toBeLessThanOrEqual(0.7)
    }
  })

  it('falls in shadows by no more than asked, and nowhere rises', () => {
    const out = run('shadow', { strength: 0.6 })
    const lost = out.map(value => 1 - value / 0.5)
    expect(Math.min(...lost)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...lost)).toBeLessThanOrEqual(0.6 + 1e-6)
    expect(Math.max(...lost)).toBeGreaterThan(0.5)
  })
})

describe('a sun flare', () => {
  it('is brightest in the upper half, falls off as its formula says, and darkens nothing', () => {
    const level = { strength: 0.8, size: 0.3, ghosts: 0 }
    const black = new Float32Array(3 * size)
    for (let n = 0; n < 20; n++) {
      const out = run('sun_flare', level, n, black).subarray(0, size)
      const sun = out.indexOf(out.reduce((a, b) => Math.max(a, b)))
      expect(out[sun]).toBeGreaterThan(0.79)
      expect(Math.floor(sun / 60)).toBeLessThanOrEqual(20)
      // 12 pixels are the size: a quarter is left there.
      const below = out[sun + 12 * 60]
      expect(below).toBeGreaterThan(0.8 * 0.22)
      expect(below).toBeLessThan(0.8 * 0.28)
    }
    const [alone, ghosts] = [0, 6].map(n => run('sun_flare', { ...level, ghosts: n }, 3, ramp))
    expect(ghosts.every((value, i) => value >= alone[i] && alone[i] >= ramp[i])).toBe(true)
    expect(changed(ghosts, alone)).toBeGreaterThan(0.02)
  })
})
