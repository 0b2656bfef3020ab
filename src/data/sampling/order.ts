import { DataError, keyOf, Random } from '../../base/index.js'
import type { Dataset } from '../dataset.js'

/** Blocks that are mixed with each other when samples are cheap to read only in runs. */
const BLOCKS_MIXED = 8

/**
 * The order of one epoch: a permutation that depends on (seed, epoch, length) alone. A data set
 * with `blocks` is shuffled by blocks, then within windows of a few of them, so that reading
 * stays sequential enough.
 */
export function epochOrder(
  dataset: Pick<Dataset, 'length' | 'blocks'>,
  seed: number,
  epoch: number,
): Uint32Array {
  const random = new Random(keyOf(seed, 'epoch order', epoch))
  const { length, blocks } = dataset
  if (!blocks || blocks.length <= 1)
    return random.shuffle(Uint32Array.from({ length }, (_, index) => index))
  const order = new Uint32Array(length)
  const shuffled = random.shuffle(blocks.map((_, block) => block))
  let filled = 0
  for (let window = 0; window < shuffled.length; window += BLOCKS_MIXED) {
    const from = filled
    for (const block of shuffled.slice(window, window + BLOCKS_MIXED))
      for (let index = blocks[block - 1] ?? 0; index < blocks[block]; index++)
        order[filled++] = index
    random.shuffle(order.subarray(from, filled))
  }
  return order
}

/** An order in which samples may stand several times. */
export interface DrawnOrder {
  readonly indices: Uint32Array
  /** Which time in this epoch a sample comes, from 0: its noise differs each time. */
  readonly occurrences: Uint32Array
}

/** The part of a data set an epoch draws from: the samples that cost least. */
export interface Easiest {
  /** The loss of each sample, by index. */
  readonly losses: ArrayLike<number>
  /** Share of the samples of each class, above 0, at most 1. */
  readonly share: number
}

export interface DrawOptions {
  readonly seed: number
  readonly epoch: number
  /** Whether every class comes equally often (to one sample), instead of as often as it is there. */
  readonly isBalanced: boolean
  /** Default: every sample. */
  readonly easiest?: Easiest
}

/**
 * One epoch, as long as the data set, drawn class by class: members of a small pool come several
 * times, of one larger than its class's part of the epoch some, others each epoch. Throws DataError
 * where classes are to be balanced and there are no labels.
 */
export function drawnOrder(
  { length, labels, name }: Pick<Dataset, 'length' | 'labels' | 'name'>,
  { seed, epoch, isBalanced, easiest }: DrawOptions,
): DrawnOrder {
  if (isBalanced && !labels) throw new DataError(`${name}: there are no classes to balance.`)
  const classes = membersByClass(length, labels)
  const drawn = classes.flatMap(([label, members], place) => {
    const equal = Math.floor(length / classes.length) + (place < length % classes.length ? 1 : 0)
    const pool = easiest ? easiestOf(members, easiest) : members
    return drawMembers(
      pool,
      isBalanced ? equal : members.length,
      round => new Random(keyOf(seed, 'balance', epoch, label, round)),
    )
  })
  new Random(keyOf(seed, 'balanced order', epoch)).shuffle(drawn)
  return {
    indices: Uint32Array.from(drawn, ([index]) => index),
    occurrences: Uint32Array.from(drawn, ([, occurrence]) => occurrence),
  }
}

/** Indices by label, labels in order; all in one where there are none. */
function membersByClass(length: number, labels?: Int32Array): [label: number, number[]][] {
  const byClass = new Map<number, number[]>()
  for (let index = 0; index < length; index++) {
    const label = labels?.[index] ?? 0
    const members = byClass.get(label)
    if (members) members.push(index)
    else byClass.set(label, [index])
  }
  return [...byClass].sort(([a], [b]) => a - b)
}

/** The share of the members that cost least, at least one; of equal ones those that come first. */
function easiestOf(members: readonly number[], { losses, share }: Easiest): number[] {
  const count = Math.min(members.length, Math.max(1, Math.ceil(share * members.length - 1e-9)))
  return members.toSorted((a, b) => losses[a] - losses[b] || a - b).slice(0, count)
}

/** Members in rounds, each a new permutation, until the quota is full. */
function drawMembers(
  members: readonly number[],
  quota: number,
  randomOf: (round: number) => Random,
): [index: number, occurrence: number][] {
  const rounds = Math.ceil(quota / members.length)
  const drawn = Array.from({ length: rounds }, (_, round) =>
    randomOf(round)
      .shuffle([...members])
      .map((index): [number, number] => [index, round]),
  )
  return drawn.flat().slice(0, quota)
}
