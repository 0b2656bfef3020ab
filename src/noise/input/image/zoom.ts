/** Round to the nearest, halves to the even number; as Python. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value)
  return value % 1 === 0.5 && rounded % 2 ? rounded - 1 : rounded
}

interface Side {
  readonly below: Int32Array
  readonly above: Int32Array
  readonly weight: Float64Array
}

/** How a side is cropped, zoomed and trimmed back: for each output place two sources and a weight. */
function zoomedSide(side: number, factor: number): Side {
  const crop = Math.ceil(side / factor)
  const top = Math.floor((side - crop) / 2)
  const zoomed = roundHalfEven(crop * factor)
  const trim = Math.floor((zoomed - side) / 2)
  // Corners are aligned: the last output falls on the last source.
  const step = zoomed > 1 ? (crop - 1) / (zoomed - 1) : 0
  const below = new Int32Array(side)
  const above = new Int32Array(side)
  const weight = new Float64Array(side)
  for (let i = 0; i < side; i++) {
    const at = Math.min(crop - 1, Math.max(0, (i + trim) * step))
    const whole = Math.floor(at)
    below[i] = top + whole
    above[i] = top + Math.min(crop - 1, whole + 1)
    weight[i] = at - whole
  }
  return { below, above, weight }
}

/** The centre of a plane enlarged to the whole, bilinear with aligned corners. */
export function clippedZoom(
  plane: Float64Array,
  height: number,
  width: number,
  factor: number,
): Float64Array {
  const rows = zoomedSide(height, factor)
  const { below, above, weight } = zoomedSide(width, factor)
  const out = new Float64Array(plane.length)
  for (let y = 0; y < height; y++) {
    const [upper, lower, down] = [rows.below[y] * width, rows.above[y] * width, rows.weight[y]]
    for (let x = 0; x < width; x++) {
      const across = weight[x]
      const top = plane[upper + below[x]] * (1 - across) + plane[upper + above[x]] * across
      const bottom = plane[lower + below[x]] * (1 - across) + plane[lower + above[x]] * across
      out[y * width + x] = top * (1 - down) + bottom * down
    }
  }
  return out
}
