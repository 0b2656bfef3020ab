import { exactLog } from '../../../base/index.js'
import { clamp, mapPlanes, type Picture } from './picture.js'

/** A point as [column, row]. */
export type Point = readonly [number, number]

/**
 * A soft line from one point to another, `[height, width]`: strength 1 + log(1 - d / 2.3) at distance d
 * down the column, kept to [0,1], in the columns from the first point to before the last.
 */
export function softLine(
  height: number,
  width: number,
  [c0, r0]: Point,
  [c1, r1]: Point,
): Float64Array {
  const line = new Float64Array(height * width)
  if (c1 === c0) return line
  const slope = (r1 - r0) / (c1 - c0)
  const [first, end] = [sliceIndex(Math.floor(c0), width), sliceIndex(Math.ceil(c1), width)]
  for (let column = first; column < end; column++)
    for (let row = 0; row < height; row++) {
      const distance = Math.min(2.3 - 1e-10, Math.abs(row - (slope * (column - c0) + r0)))
      line[row * width + column] = clamp(exactLog(1 - distance / 2.3) + 1)
    }
  return line
}

/** A bound of a slice as numpy reads it: negative ones count from the end. */
function sliceIndex(i: number, n: number): number {
  return clamp(i < 0 ? i + n : i, 0, n)
}

/** The picture with lines added, one after the other, each kept to [0,1]; 0 to 255. */
export function withLines(picture: Picture, lines: readonly Float64Array[]): Picture {
  return mapPlanes(picture, plane =>
    lines
      .reduce((sum, line) => sum.map((value, i) => clamp(value + line[i])), plane)
      .map(value => value * 255),
  )
}
