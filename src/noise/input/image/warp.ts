import { type Border, borderIndex } from './blur.js'
import { roundHalfEven } from './zoom.js'

/** a x + b y + c for the column, d x + e y + f for the row: `[a, b, c, d, e, f]`. */
export type Affine = readonly [number, number, number, number, number, number]

/** The value of a plane between its points, bilinear. */
function between(
  plane: Float64Array,
  height: number,
  width: number,
  y: number,
  x: number,
  border: Border,
): number {
  const top = Math.floor(y)
  const left = Math.floor(x)
  const value = (row: number, column: number) => {
    const r = borderIndex(row, height, border)
    const c = borderIndex(column, width, border)
    return r < 0 || c < 0 ? 0 : plane[r * width + c]
  }
  const [down, across] = [y - top, x - left]
  const upper = value(top, left) * (1 - across) + value(top, left + 1) * across
  if (down === 0) return upper
  const lower = value(top + 1, left) * (1 - across) + value(top + 1, left + 1) * across
  return upper * (1 - down) + lower * down
}

/** Each output point is read at the place that `place` gives as [row, column]. */
export function resample(
  plane: Float64Array,
  height: number,
  width: number,
  place: (row: number, column: number) => readonly [number, number],
  border: Border,
): Float64Array {
  return Float64Array.from(plane, (_, i) => {
    const [y, x] = place(Math.floor(i / width), i % width)
    return between(plane, height, width, y, x, border)
  })
}

/** Reads through an affine map from output to source. */
export function warpInverse(
  plane: Float64Array,
  height: number,
  width: number,
  [a, b, c, d, e, f]: Affine,
  border: Border,
): Float64Array {
  return resample(plane, height, width, (y, x) => [d * x + e * y + f, a * x + b * y + c], border)
}

/** The same with places rounded to 1/32 pixel, in the fixed-point steps of OpenCV's warpAffine. */
export function warpInRasterSteps(
  plane: Float64Array,
  height: number,
  width: number,
  [a, b, c, d, e, f]: Affine,
  border: Border,
): Float64Array {
  const fixed = (value: number) => roundHalfEven(value * 1024)
  const steps = (along: number, start: number) => ((fixed(start) + 16 + fixed(along)) >> 5) / 32
  return resample(
    plane,
    height,
    width,
    (y, x) => [steps(d * x, e * y + f), steps(a * x, b * y + c)],
    border,
  )
}

/** The affine map that takes three points to three others. */
export function affineThrough(
  from: readonly (readonly [number, number])[],
  to: readonly (readonly [number, number])[],
): Affine {
  const [[x0, y0], [x1, y1], [x2, y2]] = from
  const [ux, uy, vx, vy] = [x1 - x0, y1 - y0, x2 - x0, y2 - y0]
  const area = ux * vy - uy * vx
  const row = (k: 0 | 1) => {
    const [p, q] = [to[1][k] - to[0][k], to[2][k] - to[0][k]]
    const a = (p * vy - q * uy) / area
    const b = (q * ux - p * vx) / area
    return [a, b, to[0][k] - a * x0 - b * y0]
  }
  return [...row(0), ...row(1)] as unknown as Affine
}

export function invertAffine([a, b, c, d, e, f]: Affine): Affine {
  const scale = 1 / (a * e - b * d)
  const [p, q, r, s] = [e * scale, -b * scale, -d * scale, a * scale]
  return [p, q, -p * c - q * f, r, s, -r * c - s * f]
}

/** A linear map of [column, row] about the middle of the image. */
export function aboutCentre(
  [a, b, d, e]: readonly [number, number, number, number],
  height: number,
  width: number,
): Affine {
  const [x, y] = [(width - 1) / 2, (height - 1) / 2]
  return [a, b, x * (1 - a) - b * y, d, e, y * (1 - e) - d * x]
}
