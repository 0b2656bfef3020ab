import { type Border, borderIndex } from './blur.js'
import { mapPlanes, type Picture } from './picture.js'
import { roundHalfEven } from './zoom.js'

/** a x + b y + c for the column, d x + e y + f for the row: `[a, b, c, d, e, f]`. */
export type Affine = readonly [number, number, number, number, number, number]

/** Where each output pixel is read, between the pixels. */
export interface Places {
  readonly rows: Float64Array
  readonly columns: Float64Array
}

/** The places that a function gives each output pixel as [row, column]. */
export function placesOf(
  height: number,
  width: number,
  place: (row: number, column: number) => readonly [number, number],
): Places {
  const rows = new Float64Array(height * width)
  const columns = new Float64Array(height * width)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) [rows[i], columns[i]] = place(y, x)
  return { rows, columns }
}

/** Those of an affine map from output to source. */
export function affinePlaces(height: number, width: number, [a, b, c, d, e, f]: Affine): Places {
  return placesOf(height, width, (y, x) => [d * x + e * y + f, a * x + b * y + c])
}

/** The same rounded to 1/32 pixel, in the fixed-point steps of OpenCV's warpAffine. */
export function rasterPlaces(height: number, width: number, [a, b, c, d, e, f]: Affine): Places {
  const fixed = (value: number) => roundHalfEven(value * 1024)
  const rows = new Float64Array(height * width)
  const columns = new Float64Array(height * width)
  const along = Array.from({ length: width }, (_, x) => [fixed(d * x), fixed(a * x)] as const)
  for (let y = 0, i = 0; y < height; y++) {
    const [down, across] = [fixed(e * y + f) + 16, fixed(b * y + c) + 16]
    for (let x = 0; x < width; x++, i++) {
      rows[i] = ((down + along[x][0]) >> 5) / 32
      columns[i] = ((across + along[x][1]) >> 5) / 32
    }
  }
  return { rows, columns }
}

/** Each output pixel from its place, bilinear. */
export function resample(
  plane: Float64Array,
  height: number,
  width: number,
  { rows, columns }: Places,
  border: Border,
): Float64Array {
  const out = new Float64Array(plane.length)
  const value = (y: number, x: number) => {
    const [row, column] = [borderIndex(y, height, border), borderIndex(x, width, border)]
    return row < 0 || column < 0 ? 0 : plane[row * width + column]
  }
  for (let i = 0; i < out.length; i++) {
    const top = Math.floor(rows[i])
    const left = Math.floor(columns[i])
    const down = rows[i] - top
    const across = columns[i] - left
    const inside = top >= 0 && left >= 0 && top < height - 1 && left < width - 1
    const at = top * width + left
    const upper = inside
      ? plane[at] * (1 - across) + plane[at + 1] * across
      : value(top, left) * (1 - across) + value(top, left + 1) * across
    const lower = inside
      ? plane[at + width] * (1 - across) + plane[at + width + 1] * across
      : value(top + 1, left) * (1 - across) + value(top + 1, left + 1) * across
    out[i] = upper * (1 - down) + lower * down
  }
  return out
}

/** A picture read through an affine map from output to source. */
export function warped(picture: Picture, map: Affine, border: Border): Picture {
  const { height, width } = picture
  const places = affinePlaces(height, width, map)
  return mapPlanes(picture, plane => resample(plane, height, width, places, border))
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
