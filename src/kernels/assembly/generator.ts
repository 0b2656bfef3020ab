// Random words: Philox4x32-10 of (lane, block, stream) seeds four sfc32 lanes for each block of
// 1024 samples; sample i of a stream is word i of its blocks, so any block can be made alone.

/** Steps of sfc32 that mix the seed in before the first word is used. */
const WARM_UP: usize = 12

/** The words of the block at hand, or of two that follow each other; behind room for those of the warm-up. */
export const WORDS: usize = memory.data(8384, 64) + (WARM_UP << 4)
export const BLOCK: u32 = 1024

@inline
function rotate(x: v128, left: i32): v128 {
  return v128.or(i32x4.shl(x, left), i32x4.shr_u(x, 32 - left))
}

/** Those of a second block, for kernels that take two words a sample. */
export const MORE_WORDS: usize = memory.data(4096, 64)

/** The state of one block's generator, as Philox4x32-10 makes it: words 0, 1 and 2 of its four lanes. */
const STATE: usize = memory.data(96, 16)

function seedBlock(to: usize, block: u32, seed0: i32, seed1: i32, stream0: i32, stream1: i32): void {
  let a: v128 = i32x4(0, 1, 2, 3)
  let b: v128 = i32x4.splat(block)
  let c: v128 = i32x4.splat(stream0)
  let d: v128 = i32x4.splat(stream1)
  const first: v128 = i32x4.splat(0xd2511f53)
  const second: v128 = i32x4.splat(0xcd9e8d57)
  let key0 = seed0
  let key1 = seed1
  for (let round = 0; round < 10; round++) {
    const low0 = i64x2.extmul_low_i32x4_u(a, first)
    const high0 = i64x2.extmul_high_i32x4_u(a, first)
    const low1 = i64x2.extmul_low_i32x4_u(c, second)
    const high1 = i64x2.extmul_high_i32x4_u(c, second)
    a = v128.xor(v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), b), i32x4.splat(key0))
    c = v128.xor(v128.xor(v128.shuffle<i32>(low0, high0, 1, 3, 5, 7), d), i32x4.splat(key1))
    b = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6)
    d = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6)
    key0 += 0x9e3779b9
    key1 += 0xbb67ae85
  }
  v128.store(to, a)
  v128.store(to, b, 16)
  v128.store(to, c, 32)
}

/** Writes the first `count` words (rounded up to 16) of one block. */
export function fillWords(to: usize, block: u32, count: u32, seed0: i32, seed1: i32, stream0: i32, stream1: i32): void {
  seedBlock(STATE, block, seed0, seed1, stream0, stream1)
  let a = v128.load(STATE)
  let b = v128.load(STATE, 16)
  let c = v128.load(STATE, 32)
  const one: v128 = i32x4.splat(1)
  let d: v128 = one
  for (let step: usize = 0; step < WARM_UP; step++) {
    const word = i32x4.add(i32x4.add(a, d), b)
    d = i32x4.add(d, one)
    a = v128.xor(b, i32x4.shr_u(b, 9))
    b = i32x4.add(c, i32x4.shl(c, 3))
    c = i32x4.add(rotate(c, 21), word)
  }
  const end: usize = to + (<usize>((count + 15) & ~15) << 2)
  while (to < end) {
    for (let k = 0; k < 4; k++) {
      const word = i32x4.add(i32x4.add(a, d), b)
      d = i32x4.add(d, one)
      a = v128.xor(b, i32x4.shr_u(b, 9))
      b = i32x4.add(c, i32x4.shl(c, 3))
      c = i32x4.add(rotate(c, 21), word)
      v128.store(to, word)
      to += 16
    }
  }
}

/**
 * The first `count` words (rounded up to 4) of two blocks, the second from 4096 bytes behind WORDS on;
 * step by step in turn, so that neither waits. Their seeds are in STATE.
 */
function fillTwo(count: u32): void {
  let a = v128.load(STATE)
  let b = v128.load(STATE, 16)
  let c = v128.load(STATE, 32)
  let e = v128.load(STATE, 48)
  let f = v128.load(STATE, 64)
  let g = v128.load(STATE, 80)
  const one: v128 = i32x4.splat(1)
  let d: v128 = one
  const end = WORDS + (<usize>((count + 3) & ~3) << 2)
  // Words of the warm-up lie where none is read, or where later ones go.
  for (let to = WORDS - (WARM_UP << 4); to < end; to += 16) {
    const word = i32x4.add(i32x4.add(a, d), b)
    const other = i32x4.add(i32x4.add(e, d), f)
    d = i32x4.add(d, one)
    a = v128.xor(b, i32x4.shr_u(b, 9))
    e = v128.xor(f, i32x4.shr_u(f, 9))
    b = i32x4.add(c, i32x4.shl(c, 3))
    f = i32x4.add(g, i32x4.shl(g, 3))
    c = i32x4.add(rotate(c, 21), word)
    g = i32x4.add(rotate(g, 21), other)
    v128.store(to, word)
    v128.store(to, other, 4096)
  }
}

/** The first `count` words (rounded up to 16) of the same block of two streams of one seed. */
export function fillPair(block: u32, count: u32, seed0: i32, seed1: i32, first0: i32, first1: i32, second0: i32, second1: i32): void {
  seedBlock(STATE, block, seed0, seed1, first0, first1)
  seedBlock(STATE + 48, block, seed0, seed1, second0, second1)
  fillTwo((count + 15) & ~15)
}

/** Makes the words of samples `first` and on, up to `end` or the end of their block; where they lie. */
@inline
export function openBlock(first: u32, end: u32, seed0: i32, seed1: i32, stream0: i32, stream1: i32): usize {
  const offset = first & (BLOCK - 1)
  if (offset == 0 && end - first >= 2 * BLOCK) {
    seedBlock(STATE, first / BLOCK, seed0, seed1, stream0, stream1)
    seedBlock(STATE + 48, first / BLOCK + 1, seed0, seed1, stream0, stream1)
    fillTwo(BLOCK)
    return WORDS
  }
  fillWords(WORDS, first / BLOCK, min(BLOCK, offset + end - first), seed0, seed1, stream0, stream1)
  return WORDS + (<usize>offset << 2)
}

/** How many samples from `first` up to `end` have words after `openBlock`. */
@inline
export function inBlock(first: u32, end: u32): u32 {
  if ((first & (BLOCK - 1)) == 0 && end - first >= 2 * BLOCK) return 2 * BLOCK
  return inOneBlock(first, end)
}

/** How many samples from `first` up to `end` lie in one block. */
@inline
export function inOneBlock(first: u32, end: u32): u32 {
  return min(BLOCK - (first & (BLOCK - 1)), end - first)
}

/** The same with two words a sample: word blocks 2 b and 2 b + 1 serve block b. */
@inline
export function openTwoBlocks(first: u32, end: u32, seed0: i32, seed1: i32, stream0: i32, stream1: i32): usize {
  const offset = first & (BLOCK - 1)
  const count = min(BLOCK, offset + end - first)
  fillWords(WORDS, 2 * (first / BLOCK), count, seed0, seed1, stream0, stream1)
  fillWords(MORE_WORDS, 2 * (first / BLOCK) + 1, count, seed0, seed1, stream0, stream1)
  return <usize>offset << 2
}
