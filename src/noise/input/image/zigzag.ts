import { Random } from '../../../base/index.js'
import { blendField, defineCorruption, mnistC, preset } from './define.js'
import { type Point, softLine, withLines } from './line.js'

/** Length and height of a leg. */
const leg = 2

/** A near-horizontal zigzag from the third column to the third last. */
export const zigzag = defineCorruption({
  kind: 'zigzag',
  what: 'Draws a random zigzag across the image.',
  unit: 'share of the corrupted image in the result',
  levels: { blend: blendField },
  identity: { blend: 0 },
  paper: mnistC,
  presets: { 'mnist-c': preset(['blend'], [1], 1) },
  corrupt(picture, _level, key) {
    const { height, width } = picture
    const random = new Random(key)
    const row = random.below(height - 1)
    const points = zigzagPoints([2, row], [width - 3, row + random.below(10) - 5])
    const legs = points.slice(1).map((to, i) => softLine(height, width, points[i], to))
    return withLines(picture, legs)
  },
})

/** The corners of a zigzag between two points: drawn along an axis, then turned and moved. */
export function zigzagPoints([c0, r0]: Point, [c1, r1]: Point): Point[] {
  const slope = (r1 - r0) / (c1 - c0)
  const cos = 1 / Math.sqrt(1 + slope * slope)
  const sin = slope * cos
  const length = (c1 - c0) / cos
  const corners: [number, number][] = [[0, 0]]
  for (let i = 0; i <= Math.floor((length - leg) / (2 * leg)); i++)
    corners.push([(2 * i + 1) * leg, i % 2 ? -leg : leg])
  const whole = 2 * leg * Math.floor(length / (2 * leg))
  const last = corners[corners.length - 1][1]
  if (length !== whole) corners.push([length, last / (2 * (length - whole))])
  return corners.map(([c, r]) => [c0 + cos * c - sin * r, r0 + sin * c + cos * r])
}
