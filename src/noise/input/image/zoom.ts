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

const made = new Map<string, Side>()

/** The same places for the same side and factor. */
function sideOf(side: number, factor: number): Side {
  const name = `${side}/${factor}`
  const kept = made.get(name)
  if (kept) return kept
  if (made.size > 256) made.clear()
  const places = zoomedSide(side, factor)
  made.set(name, places)
  return places
}

/** The centre of a plane enlarged to the whole, bilinear with aligned corners: along the rows, then down. */
export function clippedZoom(
  plane: Float64Array,
  height: number,
  width: number,
  factor: number,
): Float64Array {
  const rows = sideOf(height, factor)
  const { below, above, weight } = sideOf(width, factor)
  const [first, last] = [rows.below[0], rows.above[height - 1]]
  const wide = new Float64Array((last - first + 1) * width)
  for (let y = first; y <= last; y++) {
    const [from, to] = [y * width, (y - first) * width]
    for (let x = 0; x < width; x++) {
      const across = weight[x]
      wide[to + x] = plane[from + below[x]] * (1 - across) + plane[from + above[x]] * across
    }
  }
  const out = new Float64Array(plane.length)
  for (let y = 0; y < height; y++) {
    const down = rows.weight[y]
    const [upper, lower] = [rows.below[y], rows.above[y]].map(row => (row - first) * width)
    for (let x = 0; x < width; x++)
      out[y * width + x] = wide[upper + x] * (1 - down) + wide[lower + x] * down
  }
  return out
}
