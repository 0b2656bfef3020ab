import { logSumExp, type ScoreTable } from './scores.js'

/** A rising curve of straight pieces over log-odds: `y` at `x`, constant outside. */
export interface Knots {
  readonly x: number[]
  readonly y: number[]
}

/** Keeps log-odds finite, and apart as well as single precision can tell 1 - p from 0. */
export const oddsFloor = 1e-6

/** Log-odds in one cell of this width are taken together. */
const cell = 0.01

/** log (p + e) / (1 - p + e) */
export const oddsOf = (p: number) => Math.log(p + oddsFloor) - Math.log(1 + oddsFloor - p)

/**
 * Isotonic regression, one class against the rest (Zadrozny and Elkan 2002): for each class the
 * rising curve nearest, in squares, to "is it the label" over the log-odds of the class's
 * probability; the curves' values are then divided by their sum. Values are kept within
 * [1/(n+2), 1 - 1/(n+2)]: n samples cannot show that a class never, or always, is the label.
 */
export function fitIsotonic({ scores, labels, classes }: ScoreTable): Knots[] {
  const n = labels.length
  const norms = Array.from(labels, (_, i) =>
    logSumExp(scores.subarray(i * classes, (i + 1) * classes)),
  )
  return Array.from({ length: classes }, (_, k) => {
    const points = norms.map((norm, i) => ({
      x: cell * Math.round(oddsOf(Math.exp(scores[i * classes + k] - norm)) / cell),
      y: labels[i] === k ? 1 : 0,
    }))
    return knotsOf(pool(points), 1 / (n + 2))
  })
}

interface Block {
  from: number
  to: number
  sum: number
  count: number
}

/** Pool adjacent violators: neighbours are joined until their means rise. */
function pool(points: { x: number; y: number }[]): Block[] {
  points.sort((a, b) => a.x - b.x)
  const blocks: Block[] = []
  for (const { x, y } of points) {
    const last = blocks.at(-1)
    // Equal log-odds cannot be told apart whatever their labels.
    if (last && last.to === x) join(last, { from: x, to: x, sum: y, count: 1 })
    else blocks.push({ from: x, to: x, sum: y, count: 1 })
    while (blocks.length > 1 && meanOf(blocks.at(-2)!) >= meanOf(blocks.at(-1)!))
      join(blocks.at(-2)!, blocks.pop()!)
  }
  return blocks
}

const meanOf = ({ sum, count }: Block) => sum / count

function join(into: Block, other: Block): void {
  into.to = other.to
  into.sum += other.sum
  into.count += other.count
}

function knotsOf(blocks: readonly Block[], least: number): Knots {
  const knots: Knots = { x: [], y: [] }
  for (const block of blocks)
    for (const x of block.from === block.to ? [block.from] : [block.from, block.to]) {
      knots.x.push(x)
      knots.y.push(Math.min(1 - least, Math.max(least, meanOf(block))))
    }
  return knots
}

/** The curve's value for a probability. */
export function valueAt({ x, y }: Knots, p: number): number {
  const odds = oddsOf(p)
  let value = y[0]
  for (let i = 0; i + 1 < x.length; i++) {
    const width = x[i + 1] - x[i]
    value += ((y[i + 1] - y[i]) / width) * Math.min(width, Math.max(0, odds - x[i]))
  }
  return value
}
