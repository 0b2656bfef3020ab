// Reductions over at most one chunk; the caller adds the chunks in order. `n` is a multiple of 16.

/** a + x^2 of the lower two values of a vector, in double precision. */
@inline
function addSquares(a: v128, values: v128): v128 {
  const wide = f64x2.promote_low_f32x4(values)
  return f64x2.add(a, f64x2.mul(wide, wide))
}

/** The sum of x^2 in double precision: sixteen running sums, added in pairs eight, four, two and one apart. */
export function sumOfSquares(x: usize, n: u32): f64 {
  let a = f64x2.splat(0)
  let b = a
  let c = a
  let d = a
  let e = a
  let f = a
  let g = a
  let h = a
  const end = x + (<usize>n << 2)
  while (x < end) {
    const one = v128.load(x)
    const two = v128.load(x, 16)
    const three = v128.load(x, 32)
    const four = v128.load(x, 48)
    a = addSquares(a, one)
    b = addSquares(b, v128.shuffle<i64>(one, one, 1, 0))
    c = addSquares(c, two)
    d = addSquares(d, v128.shuffle<i64>(two, two, 1, 0))
    e = addSquares(e, three)
    f = addSquares(f, v128.shuffle<i64>(three, three, 1, 0))
    g = addSquares(g, four)
    h = addSquares(h, v128.shuffle<i64>(four, four, 1, 0))
    x += 64
  }
  const upper = f64x2.add(f64x2.add(a, e), f64x2.add(c, g))
  const lower = f64x2.add(f64x2.add(b, f), f64x2.add(d, h))
  const sum = f64x2.add(upper, lower)
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** Four sums of four squares each, of sixteen floats. */
@inline
function squaresOf(x: usize): v128 {
  const a = v128.load(x)
  const b = v128.load(x, 16)
  const c = v128.load(x, 32)
  const d = v128.load(x, 48)
  const upper = f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b))
  return f32x4.add(upper, f32x4.add(f32x4.mul(c, c), f32x4.mul(d, d)))
}

/**
 * The sum of x^2 for waveforms and pixels: squares and sums of eight of them in single precision, the
 * rest in double, so that its relative error is at most 2^-22.
 */
export function energy(x: usize, n: u32): f64 {
  let low = f64x2.splat(0)
  let high = low
  const end = x + (<usize>n << 2)
  while (x < end) {
    let eight = squaresOf(x)
    if (x + 64 < end) eight = f32x4.add(eight, squaresOf(x + 64))
    low = f64x2.add(low, f64x2.promote_low_f32x4(eight))
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(eight, eight, 1, 0)))
    x += 128
  }
  const sum = f64x2.add(low, high)
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** The largest |x|; NaN if one is there. */
export function maxAbs(x: usize, n: u32): f64 {
  let most = f32x4.splat(0)
  const end = x + (<usize>n << 2)
  while (x < end) {
    for (let k = 0; k < 4; k++) {
      most = f32x4.max(most, f32x4.abs(v128.load(x)))
      x += 16
    }
  }
  const one = max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1))
  const two = max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3))
  return max(one, two)
}
