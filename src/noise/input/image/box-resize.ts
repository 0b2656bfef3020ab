interface Tap {
  readonly from: number
  /** Fixed-point weights of 22 bits. */
  readonly weights: readonly number[]
}

const made = new Map<number, readonly Tap[]>()

/** The same taps for the same sides. */
function boxTaps(from: number, to: number): readonly Tap[] {
  const id = from * 65536 + to
  const kept = made.get(id)
  if (kept) return kept
  if (made.size > 64) made.clear()
  const taps = makeTaps(from, to)
  made.set(id, taps)
  return taps
}

/** Which source pixels make each output pixel: whole ones, by their centres; as Pillow's BOX. */
function makeTaps(from: number, to: number): Tap[] {
  const scale = from / to
  const filter = Math.max(1, scale)
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale
    const first = Math.max(0, Math.trunc(centre - filter / 2 + 0.5))
    const end = Math.min(from, Math.trunc(centre + filter / 2 + 0.5))
    const inside = Array.from({ length: end - first }, (_, k) => {
      const distance = (k + first - centre + 0.5) / filter
      return distance > -0.5 && distance <= 0.5 ? 1 : 0
    })
    const sum = inside.reduce((a: number, b) => a + b, 0)
    return { from: first, weights: inside.map(w => Math.floor(0.5 + (w / sum) * 2 ** 22)) }
  })
}

const rounded = (sum: number) => Math.min(255, Math.max(0, Math.floor(sum / 2 ** 22 + 0.5)))

/** A plane of bytes at another size by the box filter: along the rows, then down the columns. */
export function boxResize(
  plane: ArrayLike<number>,
  [height, width]: readonly [number, number],
  [toHeight, toWidth]: readonly [number, number],
): Float64Array {
  const rows = alongLines(plane, { lines: height, line: width, step: 1 }, boxTaps(width, toWidth))
  const sides = { lines: toWidth, line: 1, step: toWidth }
  return alongLines(rows, sides, boxTaps(height, toHeight))
}

interface Lines {
  readonly lines: number
  readonly line: number
  readonly step: number
}

/** Each line made of other many values; the lines keep their order, one after the other or side by side. */
function alongLines(
  plane: ArrayLike<number>,
  { lines, line, step }: Lines,
  taps: readonly Tap[],
): Float64Array {
  const out = new Float64Array(lines * taps.length)
  const to = step === 1 ? taps.length : 1
  for (let k = 0; k < lines; k++)
    for (let i = 0; i < taps.length; i++) {
      const { from, weights } = taps[i]
      const start = k * line + from * step
      // One pixel alone stays as it is.
      let sum = plane[start] * weights[0]
      for (let j = 1; j < weights.length; j++) sum += plane[start + j * step] * weights[j]
      out[k * to + i * step] = weights.length === 1 ? plane[start] : rounded(sum)
    }
  return out
}
