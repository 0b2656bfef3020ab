/** Which source pixels make each output pixel, and how much of each. */
interface Taps {
  /** The first source pixel of each output pixel. */
  readonly from: Int32Array
  /** How many of them. */
  readonly counts: Int32Array
  /** Fixed-point weights of 22 bits, one output pixel after the other. */
  readonly weights: Int32Array
  /** Every output pixel is one source pixel. */
  readonly single: boolean
}

const made = new Map<number, Taps>()

/** The same taps for the same sides. */
function boxTaps(from: number, to: number): Taps {
  const id = from * 65536 + to
  const kept = made.get(id)
  if (kept) return kept
  if (made.size > 64) made.clear()
  const taps = makeTaps(from, to)
  made.set(id, taps)
  return taps
}

/** Whole pixels, by their centres; as Pillow's BOX. */
function makeTaps(from: number, to: number): Taps {
  const scale = from / to
  const filter = Math.max(1, scale)
  const rows = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale
    const first = Math.max(0, Math.trunc(centre - filter / 2 + 0.5))
    const end = Math.min(from, Math.trunc(centre + filter / 2 + 0.5))
    const inside = Array.from({ length: end - first }, (_, k) => {
      const distance = (k + first - centre + 0.5) / filter
      return distance > -0.5 && distance <= 0.5 ? 1 : 0
    })
    const sum = inside.reduce((a: number, b) => a + b, 0)
    return { first, weights: inside.map(w => Math.floor(0.5 + (w / sum) * one)) }
  })
  const counts = Int32Array.from(rows, row => row.weights.length)
  return {
    from: Int32Array.from(rows, row => row.first),
    counts,
    weights: Int32Array.from(rows.flatMap(row => row.weights)),
    single: counts.every(count => count === 1),
  }
}

const one = 2 ** 22

/** A plane of bytes at another size by the box filter: along the rows, then down the columns. */
export function boxResize(
  plane: Uint8Array,
  [height, width]: readonly [number, number],
  [toHeight, toWidth]: readonly [number, number],
): Uint8Array {
  const [across, down] = [boxTaps(width, toWidth), boxTaps(height, toHeight)]
  if (across.single && down.single) return picked(plane, width, across.from, down.from)
  return downColumns(alongRows(plane, height, width, across), toWidth, down)
}

/** Pixels as they are, by their columns and rows. */
function picked(plane: Uint8Array, width: number, columns: Int32Array, rows: Int32Array) {
  const out = new Uint8Array(columns.length * rows.length)
  for (let y = 0, to = 0; y < rows.length; y++) {
    const start = rows[y] * width
    for (let x = 0; x < columns.length; x++) out[to++] = plane[start + columns[x]]
  }
  return out
}

/** A sum of whole numbers stays below 2^31; half a step is added before the fraction is dropped. */
function alongRows(plane: Uint8Array, height: number, width: number, taps: Taps): Uint8Array {
  const { from, counts, weights } = taps
  const out = new Uint8Array(height * from.length)
  for (let y = 0, to = 0; y < height; y++)
    for (let i = 0, tap = 0; i < from.length; i++) {
      const start = y * width + from[i]
      let sum = one / 2
      for (let j = 0; j < counts[i]; j++) sum += plane[start + j] * weights[tap++]
      out[to++] = sum >> 22
    }
  return out
}

function downColumns(plane: Uint8Array, width: number, taps: Taps): Uint8Array {
  const { from, counts, weights } = taps
  const out = new Uint8Array(from.length * width)
  for (let i = 0, to = 0, tap = 0; i < from.length; tap += counts[i++])
    for (let x = 0; x < width; x++) {
      let [sum, at] = [one / 2, from[i] * width + x]
      for (let j = 0; j < counts[i]; j++, at += width) sum += plane[at] * weights[tap + j]
      out[to++] = sum >> 22
    }
  return out
}
