// Random words: Philox4x32-10 of (lane, block, stream) seeds four sfc32 lanes for each block of
// 1024 samples; sample i of a stream is word i of its blocks, so any block can be made alone.

/** The words of the block at hand. */
export const WORDS: usize = memory.data(4096, 64)
export const BLOCK: u32 = 1024

@inline
function rotate(x: v128, left: i32): v128 {
  return v128.or(i32x4.shl(x, left), i32x4.shr_u(x, 32 - left))
}

/** Those of a second block, for kernels that take two words a sample. */
export const MORE_WORDS: usize = memory.data(4096, 64)

/** Writes the first `count` words (rounded up to 16) of one block. */
export function fillWords(to: usize, block: u32, count: u32, seed0: i32, seed1: i32, stream0: i32, stream1: i32): void {
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
  // sfc32: three words of state and a counter; twelve steps mix the seed in.
  const one: v128 = i32x4.splat(1)
  d = one
  for (let step = 0; step < 12; step++) {
    const word = i32x4.add(i32x4.add(a, b), d)
    d = i32x4.add(d, one)
    a = v128.xor(b, i32x4.shr_u(b, 9))
    b = i32x4.add(c, i32x4.shl(c, 3))
    c = i32x4.add(rotate(c, 21), word)
  }
  const end: usize = to + (<usize>((count + 15) & ~15) << 2)
  while (to < end) {
    for (let k = 0; k < 4; k++) {
      const word = i32x4.add(i32x4.add(a, b), d)
      d = i32x4.add(d, one)
      a = v128.xor(b, i32x4.shr_u(b, 9))
      b = i32x4.add(c, i32x4.shl(c, 3))
      c = i32x4.add(rotate(c, 21), word)
      v128.store(to, word)
      to += 16
    }
  }
}

/** Makes the words of samples `first` and on, up to `end` or the end of their block; where they lie. */
@inline
export function openBlock(first: u32, end: u32, seed0: i32, seed1: i32, stream0: i32, stream1: i32): usize {
  const offset = first & (BLOCK - 1)
  fillWords(WORDS, first / BLOCK, min(BLOCK, offset + end - first), seed0, seed1, stream0, stream1)
  return WORDS + (<usize>offset << 2)
}

/** How many samples from `first` up to `end` lie in one block. */
@inline
export function inBlock(first: u32, end: u32): u32 {
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
