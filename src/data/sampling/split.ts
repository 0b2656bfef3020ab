import { DataError, expected, type Key, keyOf, philox, UsageError } from '../../base/index.js'
import type { Dataset } from '../dataset.js'
import { subset } from '../sources/subset.js'
import { idOfText } from '../sources/text-id.js'

export interface SplitOptions {
  /** Share of the samples (or groups) to hold back, between 0 and 1. */
  fraction: number
  seed: number
  /** `group` keeps all samples of one group (a speaker) on one side; default `sample`. */
  by?: 'sample' | 'group'
}

/**
 * Two parts without a common sample: held when hash(seed, identity) < fraction. A sample never
 * changes sides when others are added or removed, so the held share is near the fraction, not
 * exactly it. Throws DataError when a part would be empty.
 */
export function splitBy(dataset: Dataset, options: SplitOptions): { kept: Dataset; held: Dataset } {
  const { fraction, seed, by = 'sample' } = options
  if (!(fraction > 0 && fraction < 1))
    throw new UsageError(expected('split fraction', 'a number between 0 and 1', fraction))
  const { group } = dataset
  if (by === 'group' && !group)
    throw new DataError(`${dataset.name}: there are no groups (speakers) to split by.`)
  const key = keyOf(seed, `split by ${by}`)
  const idOf = by === 'group' ? (i: number) => idOfText(group!.call(dataset, i)) : dataset.id
  const isHeld = (index: number) => share(idOf(index), key) < fraction
  const [kept, held] = partition(dataset.length, isHeld)
  if (!kept.length || !held.length)
    throw new DataError(
      `${dataset.name}: holding back ${fraction} of ${dataset.length} samples by ${by} leaves one ` +
        'part empty. Give more samples, another fraction, or a data set of its own.',
    )
  return { kept: subset(dataset, kept), held: subset(dataset, held) }
}

/** A number in [0,1) that depends on the key and the id alone. */
function share(id: number, { seed, stream }: Key): number {
  const words = philox([stream[0], stream[1], id >>> 0, Math.floor(id / 0x100000000)], seed)
  return words[0] / 0x100000000
}

function partition(
  length: number,
  isSecond: (index: number) => boolean,
): [Uint32Array, Uint32Array] {
  const parts: [number[], number[]] = [[], []]
  for (let index = 0; index < length; index++) parts[isSecond(index) ? 1 : 0].push(index)
  return [Uint32Array.from(parts[0]), Uint32Array.from(parts[1])]
}

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
