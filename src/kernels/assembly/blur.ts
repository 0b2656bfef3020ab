// Separable blur of planes with symmetric weights, mirrored at the edges without repeating them.

@inline
function mirrored(i: i32, n: i32): i32 {
  if (n == 1) return 0
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * n - 2 - i
  return i
}

/**
 * to = weight_r middle + the sum over k < r of weight_k (a_k + b_k), for sixteen floats. The addresses
 * of a_k run upward from `above`, those of b_k downward from `below`; each is moved by `shift`.
 */
@inline
function downColumns(to: usize, middle: usize, above: usize, below: usize, shift: usize, weights: usize, radius: usize): void {
  const last = v128.load32_splat(weights + (radius << 2))
  let s0 = f32x4.mul(last, v128.load(middle))
  let s1 = f32x4.mul(last, v128.load(middle, 16))
  let s2 = f32x4.mul(last, v128.load(middle, 32))
  let s3 = f32x4.mul(last, v128.load(middle, 48))
  for (let k: usize = 0; k < radius; k++) {
    const w = v128.load32_splat(weights + (k << 2))
    const a = load<usize>(above + (k << 2)) + shift
    const b = load<usize>(below - (k << 2)) + shift
    s0 = f32x4.add(s0, f32x4.mul(w, f32x4.add(v128.load(a), v128.load(b))))
    s1 = f32x4.add(s1, f32x4.mul(w, f32x4.add(v128.load(a, 16), v128.load(b, 16))))
    s2 = f32x4.add(s2, f32x4.mul(w, f32x4.add(v128.load(a, 32), v128.load(b, 32))))
    s3 = f32x4.add(s3, f32x4.mul(w, f32x4.add(v128.load(a, 48), v128.load(b, 48))))
  }
  v128.store(to, s0)
  v128.store(to, s1, 16)
  v128.store(to, s2, 32)
  v128.store(to, s3, 48)
}

/** The same along a line, clipped: a_k begins k floats after `left`, b_k k floats before `right`. */
@inline
function alongRow(to: usize, middle: usize, left: usize, right: usize, weights: usize, radius: usize, low: v128, high: v128): void {
  const last = v128.load32_splat(weights + (radius << 2))
  let s0 = f32x4.mul(last, v128.load(middle))
  let s1 = f32x4.mul(last, v128.load(middle, 16))
  let s2 = f32x4.mul(last, v128.load(middle, 32))
  let s3 = f32x4.mul(last, v128.load(middle, 48))
  const end = weights + (radius << 2)
  for (let at = weights; at < end; at += 4) {
    const w = v128.load32_splat(at)
    s0 = f32x4.add(s0, f32x4.mul(w, f32x4.add(v128.load(left), v128.load(right))))
    s1 = f32x4.add(s1, f32x4.mul(w, f32x4.add(v128.load(left, 16), v128.load(right, 16))))
    s2 = f32x4.add(s2, f32x4.mul(w, f32x4.add(v128.load(left, 32), v128.load(right, 32))))
    s3 = f32x4.add(s3, f32x4.mul(w, f32x4.add(v128.load(left, 48), v128.load(right, 48))))
    left += 4
    right -= 4
  }
  v128.store(to, f32x4.pmin(f32x4.pmax(s0, low), high))
  v128.store(to, f32x4.pmin(f32x4.pmax(s1, low), high), 16)
  v128.store(to, f32x4.pmin(f32x4.pmax(s2, low), high), 32)
  v128.store(to, f32x4.pmin(f32x4.pmax(s3, low), high), 48)
}

/** Four floats backwards. */
@inline
function reversed(from: usize): v128 {
  const four = v128.load(from)
  return v128.shuffle<i32>(four, four, 3, 2, 1, 0)
}

/** Fills `radius` floats (up to three more) before and after a line of `width`. */
@inline
function mirrorEnds(line: usize, width: i32, radius: i32): void {
  const end = line + (<usize>width << 2)
  if (width >= radius + 8) {
    for (let i: usize = 4; i <= <usize>radius << 2; i += 16) {
      v128.store(line - i - 12, reversed(line + i))
      v128.store(end - 4 + i, reversed(end - 16 - i))
    }
    return
  }
  for (let i = 1; i <= radius; i++) {
    store<f32>(line - (<usize>i << 2), load<f32>(line + (<usize>mirrored(i, width) << 2)))
    store<f32>(end + (<usize>(i - 1) << 2), load<f32>(line + (<usize>mirrored(width + i - 1, width) << 2)))
  }
}

/** Rows blurred down before they are blurred along, so that no load waits for a store just made. */
const strip: i32 = 8

/**
 * `weights` holds radius + 1 floats, the outermost first; `room` is for height + 2 radius addresses, 4 more
 * and nine rows of width + 2 radius + 32 floats. `x` and `out` are apart, and 16 floats behind `x` can be
 * read. Each row is written sixteen floats at a time, its overhang covered by the next; the last row of
 * all goes through `room`.
 */
export function blurPlanes(x: usize, out: usize, planes: i32, height: i32, width: i32, weights: usize, radius: i32, room: usize, low: f32, high: f32): void {
  const row: usize = <usize>width << 2
  const reach: usize = <usize>radius << 2
  const stride = row + 2 * reach + 128
  const rows = room
  const lines = rows + (<usize>height << 2) + 3 * reach + 16
  const spare = lines + <usize>strip * stride
  const lowest = f32x4.splat(low)
  const highest = f32x4.splat(high)
  for (let y = -radius; y < height + radius; y++)
    store<usize>(rows + (<usize>(y + radius) << 2), <usize>mirrored(y, height) * row)
  for (let plane = 0; plane < planes; plane++) {
    for (let top = 0; top < height; top += strip) {
      const end = min(top + strip, height)
      let line = lines
      for (let y = top; y < end; y++) {
        const above = rows + (<usize>y << 2)
        const from = x + <usize>y * row
        for (let at: usize = 0; at < row; at += 64)
          downColumns(line + at, from + at, above, above + 2 * reach, x + at, weights, radius)
        mirrorEnds(line, width, radius)
        line += stride
      }
      line = lines
      for (let y = top; y < end; y++) {
        const last = plane == planes - 1 && y == height - 1
        const to = last ? spare : out
        for (let at: usize = 0; at < row; at += 64)
          alongRow(to + at, line + at, line + at - reach, line + at + reach, weights, radius, lowest, highest)
        if (last) memory.copy(out, spare, row)
        out += row
        line += stride
      }
    }
    x += <usize>height * row
  }
}
