/** Interleaved bytes, `height x width x channels`. */
export interface Pixels {
  data: Uint8Array
  height: number
  width: number
  channels: number
}

/**
 * `stretch`: both sides as asked. `crop`: the shorter side to `shortestEdge` (default: so that the
 * image just covers the size), then the middle. `letterbox`: all of it, with grey bars (114/255).
 */
export interface ResizeRule {
  rule: 'stretch' | 'crop' | 'letterbox'
  shortestEdge?: number
}

/** The filter; all but `nearest` smooth before they shrink. */
export type Interpolation = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos'

const LETTERBOX_GREY = 114

interface Size {
  height: number
  width: number
}

/** An image of the size asked for, by a rule; in the middle where something is cut or added. */
export function resize(
  image: Pixels,
  size: Size,
  { rule, shortestEdge }: ResizeRule,
  interpolation: Interpolation,
): Pixels {
  if (rule === 'stretch') return resample(image, size, interpolation)
  if (rule === 'crop')
    return crop(resample(image, covering(image, size, shortestEdge), interpolation), size)
  const scale = Math.min(size.height / image.height, size.width / image.width)
  const side = (length: number) => Math.max(1, Math.round(length * scale))
  return letterbox(
    resample(image, { height: side(image.height), width: side(image.width) }, interpolation),
    size,
  )
}

/** The size before the crop: the shorter side to `edge`, the longer in proportion, rounded down. */
function covering(from: Size, to: Size, edge?: number): Size {
  const scale = edge
    ? edge / Math.min(from.height, from.width)
    : Math.max(to.height / from.height, to.width / from.width)
  // the small term keeps an exact side from falling below itself
  const side = (length: number, least: number) => Math.max(least, Math.floor(length * scale + 1e-6))
  return { height: side(from.height, to.height), width: side(from.width, to.width) }
}

function crop(image: Pixels, { height, width }: Size): Pixels {
  const top = Math.round((image.height - height) / 2)
  const left = Math.round((image.width - width) / 2)
  const row = width * image.channels
  const data = new Uint8Array(height * row)
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * image.channels
    data.set(image.data.subarray(from, from + row), y * row)
  }
  return { ...image, data, height, width }
}

function letterbox(image: Pixels, { height, width }: Size): Pixels {
  const top = Math.floor((height - image.height) / 2)
  const left = Math.floor((width - image.width) / 2)
  const row = image.width * image.channels
  const data = new Uint8Array(height * width * image.channels).fill(LETTERBOX_GREY)
  for (let y = 0; y < image.height; y++)
    data.set(
      image.data.subarray(y * row, (y + 1) * row),
      ((top + y) * width + left) * image.channels,
    )
  return { ...image, data, height, width }
}

/**
 * Separable resampling as Pillow does it (its Resample.c): output i is the mean of the inputs around
 * (i + 0.5) in/out - 0.5, weighted by the filter, widened by in/out when it shrinks; bytes are
 * rounded after each of the two passes. Unlike libvips it places enlarged pixels at their centres.
 */
function resample(image: Pixels, { height, width }: Size, interpolation: Interpolation): Pixels {
  const wide =
    image.width === width
      ? image
      : passes.horizontal(image, weightsOf(image.width, width, interpolation))
  return image.height === height
    ? wide
    : passes.vertical(wide, weightsOf(image.height, height, interpolation))
}

/** For each output: the first input and the weights from there on. */
type Weights = { first: number; weights: Float64Array }[]

const filters: Record<
  Exclude<Interpolation, 'nearest'>,
  { support: number; at: (x: number) => number }
> = {
  bilinear: { support: 1, at: x => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, at: cubic },
  lanczos: { support: 3, at: x => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
}

/** Keys' cubic with a = -0.5. */
function cubic(x: number): number {
  const t = Math.abs(x)
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1
  return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

function weightsOf(from: number, to: number, interpolation: Interpolation): Weights {
  const scale = from / to
  if (interpolation === 'nearest')
    return Array.from({ length: to }, (_, i) => ({
      first: Math.floor((i + 0.5) * scale),
      weights: Float64Array.of(1),
    }))
  const { support, at } = filters[interpolation]
  const widened = Math.max(scale, 1)
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale
    const first = Math.max(0, Math.floor(centre - support * widened + 0.5))
    const end = Math.min(from, Math.floor(centre + support * widened + 0.5))
    const weights = Float64Array.from({ length: end - first }, (_, k) =>
      at((k + first - centre + 0.5) / widened),
    )
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, weights: weights.map(weight => weight / sum) }
  })
}

const passes = {
  horizontal: ({ data, height, width, channels }: Pixels, weights: Weights): Pixels => {
    const out = new Uint8ClampedArray(height * weights.length * channels)
    for (let y = 0, to = 0; y < height; y++)
      for (const { first, weights: w } of weights)
        for (let c = 0; c < channels; c++) {
          let sum = 0
          for (
            let k = 0, at = (y * width + first) * channels + c;
            k < w.length;
            k++, at += channels
          )
            sum += w[k] * data[at]
          out[to++] = Math.floor(sum + 0.5)
        }
    return { data: new Uint8Array(out.buffer), height, width: weights.length, channels }
  },
  vertical: ({ data, width, channels }: Pixels, weights: Weights): Pixels => {
    const row = width * channels
    const out = new Uint8ClampedArray(weights.length * row)
    const sums = new Float64Array(row)
    weights.forEach(({ first, weights: w }, y) => {
      sums.fill(0.5)
      for (let k = 0; k < w.length; k++)
        for (let x = 0, at = (first + k) * row; x < row; x++, at++) sums[x] += w[k] * data[at]
      for (let x = 0; x < row; x++) out[y * row + x] = Math.floor(sums[x])
    })
    return { data: new Uint8Array(out.buffer), height: weights.length, width, channels }
  },
}
