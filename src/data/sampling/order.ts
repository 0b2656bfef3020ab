import { keyOf, Random } from '../../base/index.js'
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
