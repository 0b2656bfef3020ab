// Whole batches in one call: rows of `width` floats, one after the other.
import { BLOCK, fillPair, fillWords, WORDS } from './generator'
import { addNormals } from './normals'

/** The last few floats of a row, made sixteen. */
const TAIL: usize = memory.data(64, 16)

/**
 * The stream of the n-th child of a key, low and high 32 bits: Philox4x32-10 of (stream, n), as
 * `fold` of base/random.ts.
 */
function childStream(seed0: u32, seed1: u32, stream: u64, n: u64): u64 {
  let c0 = <u32>stream
  let c1 = <u32>(stream >> 32)
  let c2 = <u32>n
  let c3 = <u32>(n >> 32)
  for (let round = 0; round < 10; round++) {
    const first = <u64>c0 * 0xd2511f53
    const second = <u64>c2 * 0xcd9e8d57
    c0 = <u32>(second >> 32) ^ c1 ^ seed0
    c1 = <u32>second
    c2 = <u32>(first >> 32) ^ c3 ^ seed1
    c3 = <u32>first
    seed0 += 0x9e3779b9
    seed1 += 0xbb67ae85
  }
  return <u64>c0 | (<u64>c1 << 32)
}

/** The stream of row i: of its id, and of its copy where there are copies. */
function rowStream(i: u32, ids: usize, copies: usize, seed0: i32, seed1: i32, root: u64): u64 {
  const own = childStream(seed0, seed1, root, <u64>load<f64>(ids + (<usize>i << 3)))
  return copies ? childStream(seed0, seed1, own, <u64>load<u32>(copies + (<usize>i << 2))) : own
}

function addTo(words: usize, x: usize, out: usize, count: u32, sigma: f32, low: v128, high: v128): void {
  const scale = f32x4.splat(sigma)
  const whole = count & ~15
  if (whole) addNormals(words, x, out, whole, scale, low, high)
  if (whole == count) return
  const done = <usize>whole << 2
  const bytes = (<usize>count << 2) - done
  memory.copy(TAIL, x + done, bytes)
  addNormals(words + done, TAIL, TAIL, 16, scale, low, high)
  memory.copy(out + done, TAIL, bytes)
}

/**
 * out = clip(x + sigma N) for the rows `list` of a batch: row list[i] with sigmas[i] and the key
 * fold(fold(root, ids[i]), copies[i]), or fold(root, ids[i]) where `copies` is 0. Two rows at a time, so
 * that neither generator waits. `out` may be `x`.
 */
export function gaussianRows(x: usize, out: usize, width: u32, count: u32, list: usize, ids: usize, copies: usize, sigmas: usize, low: f32, high: f32, seed0: i32, seed1: i32, root0: u32, root1: u32): void {
  const lowest = f32x4.splat(low)
  const highest = f32x4.splat(high)
  const root = <u64>root0 | (<u64>root1 << 32)
  for (let i: u32 = 0; i < count; i += 2) {
    const rows = min<u32>(2, count - i)
    const a = rowStream(i, ids, copies, seed0, seed1, root)
    const b = rows == 2 ? rowStream(i + 1, ids, copies, seed0, seed1, root) : 0
    for (let from: u32 = 0; from < width; from += BLOCK) {
      const part = min(BLOCK, width - from)
      if (rows == 2) fillPair(from / BLOCK, part, seed0, seed1, <i32>a, <i32>(a >> 32), <i32>b, <i32>(b >> 32))
      else fillWords(WORDS, from / BLOCK, part, seed0, seed1, <i32>a, <i32>(a >> 32))
      for (let k: u32 = 0; k < rows; k++) {
        const at = <usize>(i + k) << 2
        const start = (<usize>load<u32>(list + at) * width + from) << 2
        addTo(WORDS + (<usize>k << 12), x + start, out + start, part, load<f32>(sigmas + at), lowest, highest)
      }
    }
  }
}

/**
 * out[i] = x[own] + weight (x[partner] - x[own]) for each row i, with `indices` (own, partner) and
 * `weights` (of either) two a row; at weight 0 and 1 the one or the other itself.
 */
export function mixRows(x: usize, out: usize, width: u32, rows: u32, indices: usize, weights: usize): void {
  const bytes = <usize>width << 2
  const whole = bytes & ~15
  for (let i: u32 = 0; i < rows; i++) {
    const entry = <usize>i << 3
    const weight = load<f32>(weights + entry, 4)
    const a = x + <usize>load<u32>(indices + entry) * bytes
    const b = x + <usize>load<u32>(indices + entry, 4) * bytes
    const to = out + i * bytes
    if (weight == 0) memory.copy(to, a, bytes)
    else if (weight == 1) memory.copy(to, b, bytes)
    else {
      const w = f32x4.splat(weight)
      for (let at: usize = 0; at < whole; at += 16) {
        const own = v128.load(a + at)
        v128.store(to + at, f32x4.add(own, f32x4.mul(w, f32x4.sub(v128.load(b + at), own))))
      }
      for (let at = whole; at < bytes; at += 4) {
        const own = load<f32>(a + at)
        store<f32>(to + at, own + weight * (load<f32>(b + at) - own))
      }
    }
  }
}
