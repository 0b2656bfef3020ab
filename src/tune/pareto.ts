/** Trials under two objectives (or one, or more), all lower is better. */

/** Whether `a` is as good in every objective and better in one. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value <= b[i]) && a.some((value, i) => value < b[i])
}

/** 0 for what nothing dominates, 1 for what only rank 0 dominates, ... (Deb et al. 2002, NSGA-II). */
export function paretoRanks(losses: readonly (readonly number[])[]): number[] {
  const ranks = new Array<number>(losses.length).fill(0)
  let left = [...losses.keys()]
  for (let rank = 0; left.length; rank++) {
    const front = left.filter(i => !left.some(j => dominates(losses[j], losses[i])))
    for (const i of front) ranks[i] = rank
    left = left.filter(i => !front.includes(i))
  }
  return ranks
}

/**
 * A front's members in the order that a greedy choice of the largest dominated hypervolume takes
 * them (two objectives), the reference a tenth beyond the worst; in turn by objective otherwise.
 */
export function spread(front: readonly (readonly number[])[]): number[] {
  const left = [...front.keys()]
  const reference = front[0].map((_, k) => beyond(front.map(losses => losses[k])))
  const taken: number[] = []
  while (left.length) {
    const gains = left.map(i =>
      hypervolume(
        [...taken, i].map(j => front[j]),
        reference,
      ),
    )
    const best = gains.indexOf(Math.max(...gains))
    taken.push(...left.splice(best, 1))
  }
  return taken
}

function beyond(values: readonly number[]): number {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return high + 0.1 * (high - low || Math.abs(high) || 1)
}

/** Area (two objectives) between the points and the reference; for other counts the sum of gains of each. */
export function hypervolume(
  points: readonly (readonly number[])[],
  reference: readonly number[],
): number {
  if (reference.length !== 2)
    return reference.reduce((sum, end, k) => sum + end - Math.min(...points.map(p => p[k])), 0)
  const order = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  let [area, top] = [0, reference[1]]
  for (const [x, y] of order) {
    if (y >= top || x >= reference[0]) continue
    area += (reference[0] - x) * (top - y)
    top = y
  }
  return area
}

/**
 * The knee of a front of two objectives: the point farthest below the line between its ends, both
 * axes scaled to [0, 1] (Das 1999, "On characterizing the knee of the Pareto curve"). The index, or
 * undefined with fewer than three points or none below the line.
 */
export function knee(front: readonly (readonly number[])[]): number | undefined {
  if (front.length < 3 || front[0].length !== 2) return undefined
  const [low, high] = [0, 1]
    .map(k => [Math.min(...front.map(p => p[k])), Math.max(...front.map(p => p[k]))])
    .reduce<[number[], number[]]>(
      ([lows, highs], [a, b]) => [
        [...lows, a],
        [...highs, b],
      ],
      [[], []],
    )
  const depth = front.map(
    p => 1 - p.reduce((sum, value, k) => sum + (value - low[k]) / (high[k] - low[k] || 1), 0),
  )
  const deepest = Math.max(...depth)
  return deepest > 1e-9 ? depth.indexOf(deepest) : undefined
}
