/** A forest of regression trees over the unit cube (Breiman 2001), as boxes with a value each. */
import { keyOf, Random } from '../../base/index.js'

/** A part of the cube, from `low` up to `high` in each dimension, and the forest's answer there. */
export interface Box {
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly value: number
}

/** Each tree a list of boxes that fill the cube; grown on a bootstrap of the rows until leaves are pure. */
export function growForest(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  { trees, seed }: { readonly trees: number; readonly seed: number },
): Box[][] {
  const cube = { low: rows[0].map(() => 0), high: rows[0].map(() => 1) }
  return Array.from({ length: trees }, (_, tree) => {
    const random = new Random(keyOf(seed, 'tune:forest', tree))
    const sample = values.map(() => random.below(values.length))
    return grow({ rows, values }, sample, cube)
  })
}

interface Data {
  readonly rows: readonly (readonly number[])[]
  readonly values: readonly number[]
}

function grow(data: Data, sample: readonly number[], box: Omit<Box, 'value'>): Box[] {
  const cut = bestCut(data, sample)
  if (!cut) return [{ ...box, value: mean(sample.map(i => data.values[i])) }]
  const { dimension, at } = cut
  const below = sample.filter(i => data.rows[i][dimension] < at)
  const above = sample.filter(i => data.rows[i][dimension] >= at)
  return [
    ...grow(data, below, { ...box, high: replaced(box.high, dimension, at) }),
    ...grow(data, above, { ...box, low: replaced(box.low, dimension, at) }),
  ]
}

/** The cut halfway between two rows that leaves the least squared error. */
function bestCut({ rows, values }: Data, sample: readonly number[]) {
  let best: { readonly dimension: number; readonly at: number } | undefined
  let most = 1e-12
  for (const dimension of rows[0].keys()) {
    const order = [...sample].sort((a, b) => rows[a][dimension] - rows[b][dimension])
    const total = order.reduce((sum, i) => sum + values[i], 0)
    let left = 0
    for (let n = 1; n < order.length; n++) {
      left += values[order[n - 1]]
      const [x, next] = [rows[order[n - 1]][dimension], rows[order[n]][dimension]]
      if (x === next) continue
      // Fall of the squared error: n m (mean below - mean above)^2 / (n + m).
      const gap = left / n - (total - left) / (order.length - n)
      const gain = ((n * (order.length - n)) / order.length) * gap * gap
      if (gain > most) [best, most] = [{ dimension, at: (x + next) / 2 }, gain]
    }
  }
  return best
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

const replaced = (values: readonly number[], at: number, value: number) =>
  values.map((old, i) => (i === at ? value : old))
