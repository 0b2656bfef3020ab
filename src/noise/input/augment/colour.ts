import { fold, type Key, Random } from '../../../base/index.js'
import { sharedKernels } from '../../../kernels/index.js'
import { amount, share } from '../../level.js'
import { fromHsv, toHsv } from '../image/hsv.js'
import { luma } from '../image/luma.js'
import { clamp, mapPlanes, type Picture } from '../image/picture.js'
import { defineImage } from './define.js'

/** Brightness, contrast, saturation and hue, each by a random factor or turn, in this order. */
export const colourJitter = defineImage({
  kind: 'colour_jitter',
  what: 'Changes brightness, contrast, saturation and hue at random.',
  unit: 'largest change of each, as a factor about 1 or a share of the colour circle',
  levels: {
    brightness: amount('factor from U(1 - b, 1 + b)', 'factor', 0.2),
    contrast: amount('factor about the mean grey', 'factor', 0.2),
    saturation: amount('factor about the grey of the pixel', 'factor', 0.2),
    hue: { what: 'turn of the colour circle', unit: 'turns', range: [0, 0.5], default: 0.05 },
  },
  identity: { brightness: 0, contrast: 0, saturation: 0, hue: 0 },
  paper:
    'Howard 2013, Some improvements on deep CNN based image classification; torchvision ColorJitter',
  change(picture, level, key) {
    const random = new Random(key)
    const factor = (reach: number) => Math.max(0, 1 + reach * (2 * random.float() - 1))
    const light = factor(level.brightness)
    const bright = mapPlanes(picture, plane => plane.map(v => clamp(v * light)))
    const mean = luma(bright).reduce((a, b) => a + b, 0) / bright.planes[0].length
    const contrasted = blend(bright, () => mean, factor(level.contrast))
    const grey = luma(contrasted)
    const coloured = blend(contrasted, i => grey[i], factor(level.saturation))
    return turnHue(coloured, level.hue * (2 * random.float() - 1))
  },
})

/** factor x + (1 - factor) other, kept to [0,1]. */
function blend(picture: Picture, other: (i: number) => number, factor: number): Picture {
  return mapPlanes(picture, plane =>
    plane.map((value, i) => clamp(factor * value + (1 - factor) * other(i))),
  )
}

function turnHue(picture: Picture, turns: number): Picture {
  if (picture.planes.length < 3 || turns === 0) return picture
  const [r, g, b] = picture.planes
  for (let i = 0; i < r.length; i++) {
    const [h, s, v] = toHsv(r[i], g[i], b[i])
    ;[r[i], g[i], b[i]] = fromHsv((h + turns + 1) % 1, s, v)
  }
  return picture
}

/** Bytes keep their upper bits only. */
export const posterize = defineImage({
  kind: 'posterize',
  what: 'Keeps only the upper bits of every byte.',
  unit: 'bits kept; fewer is stronger',
  levels: {
    bits: { what: 'bits kept of eight', unit: 'bits', range: [1, 8], default: 4, whole: true },
  },
  identity: { bits: 8 },
  deterministic: true,
  paper: 'Cubuk et al. 2019, AutoAugment; Pillow ImageOps.posterize',
  change: (picture, { bits }) => mapPlanes(picture, plane => posterized(plane, bits)),
})

export function posterized(plane: Float64Array, bits: number): Float64Array {
  const mask = 256 - 2 ** (8 - bits)
  return plane.map(value => (Math.round(clamp(value) * 255) & mask) / 255)
}

/** Values from the threshold up are inverted. */
export const solarize = defineImage({
  kind: 'solarize',
  what: 'Inverts every value above a threshold.',
  unit: 'threshold; lower is stronger',
  levels: { threshold: share('values from here up are inverted', 0.5) },
  identity: { threshold: 1 },
  deterministic: true,
  paper: 'Cubuk et al. 2019, AutoAugment; Pillow ImageOps.solarize',
  change: (picture, { threshold }) => mapPlanes(picture, plane => solarized(plane, threshold)),
})

export function solarized(plane: Float64Array, threshold: number): Float64Array {
  return plane.map(value => (value >= threshold ? 1 - value : value))
}

/**
 * Hue + N(0, 360 colourShift intensity) degrees; lightness L + Poisson(255 s intensity) / 255 (1 - L), s
 * the standard deviation of the lightness.
 */
export const isoNoise = defineImage({
  kind: 'iso_noise',
  what: 'Adds the noise of a camera at high sensitivity: in lightness and in hue.',
  unit: 'intensity, and shift of the hue as a share of the colour circle',
  levels: {
    intensity: amount('strength of both parts', 'factor', 0.3),
    colourShift: amount('strength of the hue part', 'turns', 0.03),
  },
  identity: { intensity: 0 },
  paper: 'Albumentations ISONoise',
  change(picture, { intensity, colourShift }, key) {
    const { planes } = picture
    const [r, g, b] = planes.length < 3 ? [planes[0], planes[0], planes[0]] : planes
    const hls = r.map((_, i) => lightness(r[i], g[i], b[i]))
    const photons = poissonNumbers(255 * deviationOf(hls) * intensity, r.length, fold(key, 0))
    const turns = new Float32Array(r.length)
    sharedKernels().normal(turns, colourShift * intensity, fold(key, 1))
    for (let i = 0; i < r.length; i++) {
      const lighter = hls[i] + (photons[i] / 255) * (1 - hls[i])
      const pixel = withLightness([r[i], g[i], b[i]], clamp(lighter), turns[i])
      for (let c = 0; c < Math.min(3, planes.length); c++) planes[c][i] = pixel[c]
    }
    return picture
  },
})

const lightness = (r: number, g: number, b: number) => (Math.max(r, g, b) + Math.min(r, g, b)) / 2

function deviationOf(values: Float64Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / values.length)
}

function poissonNumbers(mean: number, length: number, key: Key): Float32Array {
  const counts = new Float32Array(length).fill(mean)
  sharedKernels().poisson(counts, counts, { scale: 1 }, key)
  return counts
}

/** The colour of a pixel at another lightness (HLS) with its hue turned. */
function withLightness(pixel: readonly number[], l: number, turn: number): readonly number[] {
  const [r, g, b] = pixel
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)]
  const old = (most + least) / 2
  const spread = old < 0.5 ? most + least : 2 - most - least
  const saturation = spread > 0 ? (most - least) / spread : 0
  const [hue] = toHsv(r, g, b)
  // HLS to HSV: value and saturation that have this lightness.
  const value = l + saturation * Math.min(l, 1 - l)
  return fromHsv((((hue + turn) % 1) + 1) % 1, value > 0 ? 2 * (1 - l / value) : 0, value)
}
