// Separable blur of planes with symmetric weights, mirrored at the edges without repeating them.

@inline
function mirrored(i: i32, n: i32): i32 {
  if (n == 1) return 0
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * n - 2 - i
  return i
}

/**
 * to = middle from + the sum over k of weight_k (a_k + b_k), for a row of so many bytes, sixteen floats
 * at a time (so up to fifteen beyond). `pairs` holds the addresses of a_k and b_k, one after the other.
 */
@inline
function addPairs(to: usize, from: usize, bytes: usize, pairs: usize, weights: usize, radius: i32): void {
  const middle = v128.load32_splat(weights + (<usize>radius << 2))
  for (let at: usize = 0; at < bytes; at += 64) {
    let s0 = f32x4.mul(middle, v128.load(from + at))
    let s1 = f32x4.mul(middle, v128.load(from + at, 16))
    let s2 = f32x4.mul(middle, v128.load(from + at, 32))
    let s3 = f32x4.mul(middle, v128.load(from + at, 48))
    for (let k: usize = 0; k < <usize>radius; k++) {
      const w = v128.load32_splat(weights + (k << 2))
      const a = load<usize>(pairs + (k << 3)) + at
      const b = load<usize>(pairs + (k << 3), 4) + at
      s0 = f32x4.add(s0, f32x4.mul(w, f32x4.add(v128.load(a), v128.load(b))))
      s1 = f32x4.add(s1, f32x4.mul(w, f32x4.add(v128.load(a, 16), v128.load(b, 16))))
      s2 = f32x4.add(s2, f32x4.mul(w, f32x4.add(v128.load(a, 32), v128.load(b, 32))))
      s3 = f32x4.add(s3, f32x4.mul(w, f32x4.add(v128.load(a, 48), v128.load(b, 48))))
    }
    v128.store(to + at, s0)
    v128.store(to + at, s1, 16)
    v128.store(to + at, s2, 32)
    v128.store(to + at, s3, 48)
  }
}

/**
 * `weights` holds radius + 1 floats, the outermost first; `room` is for two rows of width + 2 radius + 16
 * floats and 4 radius addresses. `x` and `out` are apart, and 16 floats behind `x` can be read.
 */
export function blurPlanes(x: usize, out: usize, planes: i32, height: i32, width: i32, weights: usize, radius: i32, room: usize): void {
  const row: usize = <usize>width << 2
  const reach: usize = <usize>radius << 2
  const down = room
  const across = down + 2 * reach
  const line = across + 2 * reach + reach
  const result = line + row + reach + 64
  for (let k = 0; k < radius; k++) {
    store<usize>(across + (<usize>k << 3), line - reach + (<usize>k << 2))
    store<usize>(across + (<usize>k << 3), line + reach - (<usize>k << 2), 4)
  }
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < height; y++) {
      for (let k = 0; k < radius; k++) {
        store<usize>(down + (<usize>k << 3), x + <usize>mirrored(y - radius + k, height) * row)
        store<usize>(down + (<usize>k << 3), x + <usize>mirrored(y + radius - k, height) * row, 4)
      }
      addPairs(line, x + <usize>y * row, row, down, weights, radius)
      for (let i = radius; i >= 1; i--) {
        store<f32>(line - (<usize>i << 2), load<f32>(line + (<usize>mirrored(i, width) << 2)))
        store<f32>(line + row + (<usize>(i - 1) << 2), load<f32>(line + (<usize>mirrored(width + i - 1, width) << 2)))
      }
      addPairs(result, line, row, across, weights, radius)
      memory.copy(out + <usize>y * row, result, row)
    }
    x += <usize>height * row
    out += <usize>height * row
  }
}
