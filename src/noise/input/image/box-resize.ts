interface Tap {
  readonly from: number
  /** Fixed-point weights of 22 bits. */
  readonly weights: readonly number[]
}

/** Which source pixels make each output pixel: whole ones, by their centres; as Pillow's BOX. */
function boxTaps(from: number, to: number): Tap[] {
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
  const across = boxTaps(width, toWidth)
  const down = boxTaps(height, toHeight)
  const rows = new Float64Array(height * toWidth)
  for (let y = 0; y < height; y++)
    across.forEach(({ from, weights }, x) => {
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += plane[y * width + from + k] * weights[k]
      rows[y * toWidth + x] = rounded(sum)
    })
  const out = new Float64Array(toHeight * toWidth)
  down.forEach(({ from, weights }, y) => {
    for (let x = 0; x < toWidth; x++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += rows[(from + k) * toWidth + x] * weights[k]
      out[y * toWidth + x] = rounded(sum)
    }
  })
  return out
}
