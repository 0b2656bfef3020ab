// Keyed kernels: `n` is a multiple of 16, `first` the number of the first sample in its stream
// (a multiple of 16 too). NaN passes through every clip.
import { inBlock, openBlock } from './generator'
import { minusTwoLog } from './normal'
import { addNormals, addTimesNormals, clip, writeNormals } from './normals'

/** The words themselves. */
export function words(out: usize, n: u32, seed0: i32, seed1: i32, stream0: i32, stream1: i32, first: u32): void {
  const end = first + n
  while (first < end) {
    const from = openBlock(first, end, seed0, seed1, stream0, stream1)
    const count = inBlock(first, end)
    memory.copy(out, from, <usize>count << 2)
    out += <usize>count << 2
    first += count
  }
}

/** out = sigma N. */
export function normal(out: usize, n: u32, sigma: f32, seed0: i32, seed1: i32, stream0: i32, stream1: i32, first: u32): void {
  const scale = f32x4.splat(sigma)
  const end = first + n
  while (first < end) {
    const from = openBlock(first, end, seed0, seed1, stream0, stream1)
    const count = inBlock(first, end)
    writeNormals(from, out, count, scale)
    out += <usize>count << 2
    first += count
  }
}

/** out = clip(x + sigma N). */
export function gaussian(x: usize, out: usize, n: u32, sigma: f32, low: f32, high: f32, seed0: i32, seed1: i32, stream0: i32, stream1: i32, first: u32): void {
  const scale = f32x4.splat(sigma)
  const lowest = f32x4.splat(low)
  const highest = f32x4.splat(high)
  const end = first + n
  while (first < end) {
    const from = openBlock(first, end, seed0, seed1, stream0, stream1)
    const count = inBlock(first, end)
    addNormals(from, x, out, count, scale, lowest, highest)
    x += <usize>count << 2
    out += <usize>count << 2
    first += count
  }
}

/** out = clip(x + step w), w a signed word: uniform with half-width step 2^31. */
export function uniform(x: usize, out: usize, n: u32, step: f32, low: f32, high: f32, seed0: i32, seed1: i32, stream0: i32, stream1: i32, first: u32): void {
  const scale = f32x4.splat(step)
  const lowest = f32x4.splat(low)
  const highest = f32x4.splat(high)
  const end = first + n
  while (first < end) {
    let from = openBlock(first, end, seed0, seed1, stream0, stream1)
    const count = inBlock(first, end)
    const stop = from + (<usize>count << 2)
    while (from < stop) {
      for (let k = 0; k < 4; k++) {
        const noise = f32x4.mul(scale, f32x4.convert_i32x4_s(v128.load(from)))
        v128.store(out, clip(f32x4.add(v128.load(x), noise), lowest, highest))
        from += 16
        x += 16
        out += 16
      }
    }
    first += count
  }
}

/** out = clip(x + b L), L of density exp(-|L|) / 2: an exponential number with a random sign. */
export function laplace(x: usize, out: usize, n: u32, scale: f32, low: f32, high: f32, seed0: i32, seed1: i32, stream0: i32, stream1: i32, first: u32): void {
  const half = f32x4.splat(scale * <f32>0.5)
  const lowest = f32x4.splat(low)
  const highest = f32x4.splat(high)
  const end = first + n
  while (first < end) {
    let from = openBlock(first, end, seed0, seed1, stream0, stream1)
    const count = inBlock(first, end)
    const stop = from + (<usize>count << 2)
    while (from < stop) {
      for (let k = 0; k < 4; k++) {
        const bits = v128.load(from)
        // The logarithm is of the upper 31 bits, the sign is the lowest.
        const noise = v128.xor(f32x4.mul(minusTwoLog(bits), half), i32x4.shl(bits, 31))
        v128.store(out, clip(f32x4.add(v128.load(x), noise), lowest, highest))
        from += 16
        x += 16
        out += 16
      }
    }
    first += count
  }
}

/** out = clip(x + x sigma N). */
export function speckle(x: usize, out: usize, n: u32, sigma: f32, low: f32, high: f32, seed0: i32, seed1: i32, stream0: i32, stream1: i32, first: u32): void {
  const scale = f32x4.splat(sigma)
  const lowest = f32x4.splat(low)
  const highest = f32x4.splat(high)
  const end = first + n
  while (first < end) {
    const from = openBlock(first, end, seed0, seed1, stream0, stream1)
    const count = inBlock(first, end)
    addTimesNormals(from, x, out, count, scale, lowest, highest)
    x += <usize>count << 2
    out += <usize>count << 2
    first += count
  }
}

/** out = low where the signed word is below `under`, high where it is above `over`, else x. */
export function replace(x: usize, out: usize, n: u32, under: f32, over: f32, low: f32, high: f32, seed0: i32, seed1: i32, stream0: i32, stream1: i32, first: u32): void {
  const bottom = f32x4.splat(under)
  const top = f32x4.splat(over)
  const lowest = f32x4.splat(low)
  const highest = f32x4.splat(high)
  const end = first + n
  while (first < end) {
    let from = openBlock(first, end, seed0, seed1, stream0, stream1)
    const count = inBlock(first, end)
    const stop = from + (<usize>count << 2)
    while (from < stop) {
      for (let k = 0; k < 4; k++) {
        const draw = f32x4.convert_i32x4_s(v128.load(from))
        const salted = v128.bitselect(highest, v128.load(x), f32x4.gt(draw, top))
        v128.store(out, v128.bitselect(lowest, salted, f32x4.lt(draw, bottom)))
        from += 16
        x += 16
        out += 16
      }
    }
    first += count
  }
}
