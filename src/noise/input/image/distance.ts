// Steps in 16-bit fixed point: 1 across, 1.4 diagonal, 2.1969 a knight's move (Borgefors 1986).
const ACROSS = 65536
const DIAGONAL = 91750
const KNIGHT = 143976
const FAR = 2 ** 29

/** Those before a point in reading order, [rows, columns, length]; after it they are turned. */
const before: readonly (readonly [number, number, number])[] = [
  [-2, -1, KNIGHT],
  [-2, 1, KNIGHT],
  [-1, -2, KNIGHT],
  [-1, -1, DIAGONAL],
  [-1, 0, ACROSS],
  [-1, 1, DIAGONAL],
  [-1, 2, KNIGHT],
  [0, -1, ACROSS],
]

/** The distance in pixels of every point to the nearest mark, by 5 x 5 steps; far without any mark. */
export function distanceToMarks(marks: Uint8Array, height: number, width: number): Float64Array {
  const steps = Float64Array.from(marks, mark => (mark ? 0 : FAR))
  const relax = (i: number, sign: number) => {
    const [y, x] = [Math.floor(i / width), i % width]
    for (const [dy, dx, length] of before) {
      const [row, column] = [y + sign * dy, x + sign * dx]
      if (row < 0 || row >= height || column < 0 || column >= width) continue
      steps[i] = Math.min(steps[i], steps[row * width + column] + length)
    }
  }
  for (let i = 0; i < steps.length; i++) relax(i, 1)
  for (let i = steps.length - 1; i >= 0; i--) relax(i, -1)
  return steps.map(value => value / 65536)
}
