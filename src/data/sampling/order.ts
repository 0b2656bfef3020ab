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
export interface BalancedOrder {
  readonly indices: Uint32Array
  /** Which time in this epoch a sample comes, from 0: its noise differs each time. */
  readonly occurrences: Uint32Array
}

/**
 * One epoch, as long as the data set, in which every class comes equally often (to one sample):
 * members of rare classes come several times, of frequent ones a part, another each epoch.
 * Throws DataError without labels.
 */
export function balancedOrder(
  { length, labels, name }: Pick<Dataset, 'length' | 'labels' | 'name'>,
  seed: number,
  epoch: number,
): BalancedOrder {
  if (!labels) throw new DataError(`${name}: there are no classes to balance.`)
  const byClass = new Map<number, number[]>()
  for (const [index, label] of labels.entries()) {
    const members = byClass.get(label)
    if (members) members.push(index)
    else byClass.set(label, [index])
  }
  const classes = [...byClass].sort(([a], [b]) => a - b)
  const drawn = classes.flatMap(([label, members], place) => {
    const quota = Math.floor(length / classes.length) + (place < length % classes.length ? 1 : 0)
    return drawMembers(
      members,
      quota,
      round => new Random(keyOf(seed, 'balance', epoch, label, round)),
    )
  })
  new Random(keyOf(seed, 'balanced order', epoch)).shuffle(drawn)
  return {
    indices: Uint32Array.from(drawn, ([index]) => index),
    occurrences: Uint32Array.from(drawn, ([, occurrence]) => occurrence),
  }
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
