import { borderIndex } from './blur.js'

/** Marks of 1 at the strong points and at the weak points joined to them over eight neighbours. */
export function joinedToStrong(
  strong: Uint8Array,
  weak: Uint8Array,
  height: number,
  width: number,
): Uint8Array {
  const marks = strong.slice()
  const open = [...strong.keys()].filter(i => strong[i])
  while (open.length) {
    const at = open.pop() as number
    const [y, x] = [Math.floor(at / width), at % width]
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
        const next = row * width + column
        if (!weak[next] || marks[next]) continue
        marks[next] = 1
        open.push(next)
      }
  }
  return marks
}

/** The tangent of 22.5 degrees in 15 bits. */
const TANGENT = 13573

/** Canny's edges of bytes (3 x 3 Sobel, |dx| + |dy|), as OpenCV finds them; 1 at an edge. */
export function cannyOfBytes(
  bytes: ArrayLike<number>,
  height: number,
  width: number,
  low: number,
  high: number,
): Uint8Array {
  const { dx, dy } = sobel(bytes, height, width)
  const size = dx.map((value, i) => Math.abs(value) + Math.abs(dy[i]))
  const at = (y: number, x: number) =>
    y < 0 || x < 0 || y >= height || x >= width ? 0 : size[y * width + x]
  const [strong, weak] = [new Uint8Array(size.length), new Uint8Array(size.length)]
  for (let i = 0; i < size.length; i++) {
    if (size[i] <= low || !isCrest(Math.floor(i / width), i % width, dx[i], dy[i], at)) continue
    weak[i] = 1
    if (size[i] > high) strong[i] = 1
  }
  return joinedToStrong(strong, weak, height, width)
}

/** Whether the gradient is largest here across the edge; ties go to the first. */
function isCrest(
  y: number,
  x: number,
  dx: number,
  dy: number,
  at: (y: number, x: number) => number,
): boolean {
  const m = at(y, x)
  const across = Math.abs(dx) * TANGENT
  const up = Math.abs(dy) * 32768
  if (up < across) return m > at(y, x - 1) && m >= at(y, x + 1)
  if (up > across + Math.abs(dx) * 65536) return m > at(y - 1, x) && m >= at(y + 1, x)
  const side = dx < 0 !== dy < 0 ? -1 : 1
  return m > at(y - 1, x - side) && m > at(y + 1, x + side)
}

/** Differences by Sobel's 3 x 3 kernels, edges repeated. */
function sobel(bytes: ArrayLike<number>, height: number, width: number) {
  const at = (y: number, x: number) =>
    bytes[borderIndex(y, height, 'nearest') * width + borderIndex(x, width, 'nearest')]
  const [dx, dy] = [new Int32Array(bytes.length), new Int32Array(bytes.length)]
  for (let i = 0; i < bytes.length; i++) {
    const [y, x] = [Math.floor(i / width), i % width]
    const column = (k: number) => at(y - 1, x + k) + 2 * at(y, x + k) + at(y + 1, x + k)
    const row = (k: number) => at(y + k, x - 1) + 2 * at(y + k, x) + at(y + k, x + 1)
    dx[i] = column(1) - column(-1)
    dy[i] = row(1) - row(-1)
  }
  return { dx, dy }
}
