import { borderIndex } from './blur.js'

/** Round to the nearest, halves to the even number; as Python. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value)
  return value % 1 === 0.5 && rounded % 2 ? rounded - 1 : rounded
}

/** How a side is cropped, zoomed and trimmed back: for each output place two sources and a weight. */
function zoomedSide(side: number, factor: number) {
  const crop = Math.ceil(side / factor)
  const top = Math.floor((side - crop) / 2)
  const zoomed = roundHalfEven(crop * factor)
  const trim = Math.floor((zoomed - side) / 2)
  // Corners are aligned: the last output falls on the last source.
  const step = zoomed > 1 ? (crop - 1) / (zoomed - 1) : 0
  return Array.from({ length: side }, (_, i) => {
    const at = Math.min(crop - 1, Math.max(0, (i + trim) * step))
    const below = Math.min(crop - 1, Math.floor(at))
    const above = borderIndex(below + 1, crop, 'nearest')
    return { below: top + below, above: top + above, weight: at - below }
  })
}

/** The centre of a plane enlarged to the whole, bilinear with aligned corners. */
export function clippedZoom(
  plane: Float64Array,
  height: number,
  width: number,
  factor: number,
): Float64Array {
  const rows = zoomedSide(height, factor)
  const columns = zoomedSide(width, factor)
  const out = new Float64Array(plane.length)
  rows.forEach(({ below, above, weight: down }, y) => {
    const [upper, lower] = [below * width, above * width]
    columns.forEach(({ below: left, above: right, weight: across }, x) => {
      const top = plane[upper + left] * (1 - across) + plane[upper + right] * across
      const bottom = plane[lower + left] * (1 - across) + plane[lower + right] * across
      out[y * width + x] = top * (1 - down) + bottom * down
    })
  })
  return out
}
