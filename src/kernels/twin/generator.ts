import { type Key, philox } from '../../base/index.js'

/** Samples made from one seeding of the generator; any block can be made alone. */
export const blockLength = 1024

/**
 * The first `count` words (rounded up to 16) of one block of a key's stream. Philox4x32-10 of
 * (lane, block, stream) seeds four sfc32 lanes, twelve steps mix the seed in, and sample 4 i + lane
 * of the block is step i of its lane.
 */
export function blockWords(key: Key, block: number, count: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(count / 16) * 16)
  for (let lane = 0; lane < 4; lane++) fillLane(words, lane, block, key)
  return words
}

function fillLane(words: Uint32Array, lane: number, block: number, { seed, stream }: Key): void {
  let [a, b, c] = philox([lane, block, stream[0], stream[1]], seed)
  let counter = 1
  for (let i = lane - 48; i < words.length; i += 4) {
    const word = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + word) | 0
    if (i >= 0) words[i] = word
  }
}

/** Calls `use(words, index in the words, index from 0)` in order for samples first ... first + n - 1. */
export function eachSixteen(
  key: Key,
  first: number,
  n: number,
  use: (words: Uint32Array, at: number, from: number) => void,
): void {
  for (let from = 0; from < n; ) {
    const offset = (first + from) % blockLength
    const count = Math.min(n - from, blockLength - offset)
    const words = blockWords(key, Math.floor((first + from) / blockLength), offset + count)
    for (let i = 0; i < count; i += 16) use(words, offset + i, from + i)
    from += count
  }
}
