import { expected, keyOf, UsageError } from '../../base/index.js'
import type { Dataset } from '../dataset.js'
import { subset } from '../sources/subset.js'
import { share } from './share.js'

/** The first `n` samples, in order. */
export function first(dataset: Dataset, n: number): Dataset {
  wholeNumber('--first', n)
  return subset(
    dataset,
    Uint32Array.from({ length: Math.min(n, dataset.length) }, (_, i) => i),
  )
}

/** Every `k`-th sample, beginning with the first, in order. */
export function everyKth(dataset: Dataset, k: number): Dataset {
  wholeNumber('--skip', k)
  return subset(
    dataset,
    Uint32Array.from({ length: Math.ceil(dataset.length / k) }, (_, i) => i * k),
  )
}

/**
 * A seeded subset of `n` samples, in order, with the classes in their proportions (largest
 * remainders); within a class the samples of smallest hash(seed, identity) are taken.
 */
export function limit(dataset: Dataset, n: number, seed: number): Dataset {
  wholeNumber('--limit', n)
  if (n >= dataset.length) return dataset
  const key = keyOf(seed, 'limit')
  const byClass = new Map<number, number[]>()
  for (let index = 0; index < dataset.length; index++) {
    const label = dataset.labels?.[index] ?? 0
    const members = byClass.get(label)
    if (members) members.push(index)
    else byClass.set(label, [index])
  }
  const classes = [...byClass.entries()].sort(([a], [b]) => a - b).map(([, members]) => members)
  const quotas = proportions(
    classes.map(members => members.length),
    n,
  )
  const chosen = classes.flatMap((members, c) => {
    const ranks = new Map(members.map(index => [index, share(dataset.id(index), key)]))
    return members.sort((a, b) => ranks.get(a)! - ranks.get(b)! || a - b).slice(0, quotas[c])
  })
  return subset(dataset, Uint32Array.from(chosen).sort())
}

/** `n` divided in proportion to the counts by largest remainders. */
function proportions(counts: number[], n: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const exact = counts.map(count => (n * count) / total)
  const quotas = exact.map(Math.floor)
  const order = exact.map((_, i) => i).sort((a, b) => rest(exact[b]) - rest(exact[a]) || a - b)
  const missing = n - quotas.reduce((sum, quota) => sum + quota, 0)
  for (const i of order.slice(0, missing)) quotas[i]++
  return quotas
}

const rest = (x: number) => x - Math.floor(x)

function wholeNumber(where: string, n: number): void {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new UsageError(expected(where, 'a whole number of at least 1', n))
}
