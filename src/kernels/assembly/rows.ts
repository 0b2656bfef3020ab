// Noise on the rows of a batch, each with a stream of its own, at once.
import { gaussian } from './noise'

/**
 * The stream of the n-th child of a key, low and high 32 bits: Philox4x32-10 of (stream, n), as
 * `fold` of base/random.ts.
 */
function childStream(seed0: u32, seed1: u32, stream0: u32, stream1: u32, n: u64): u64 {
  let c0 = stream0
  let c1 = stream1
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

/** out = clip(x + sigma N) for rows of `length` floats, a multiple of 16; `ids` are doubles that name the rows' streams. */
export function gaussianRows(x: usize, out: usize, rows: u32, length: u32, ids: usize, sigma: f32, low: f32, high: f32, seed0: i32, seed1: i32, stream0: i32, stream1: i32): void {
  const bytes = <usize>length << 2
  for (let row: u32 = 0; row < rows; row++) {
    const child = childStream(seed0, seed1, stream0, stream1, <u64>load<f64>(ids))
    gaussian(x, out, length, sigma, low, high, seed0, seed1, <i32>child, <i32>(child >> 32), 0)
    x += bytes
    out += bytes
    ids += 8
  }
}
