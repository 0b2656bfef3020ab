// Reductions over at most one chunk; the caller adds the chunks in order. `n` is a multiple of 16.

/** The sum of x^2 in double precision, two lanes for each half of a vector. */
export function sumOfSquares(x: usize, n: u32): f64 {
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  const end = x + (<usize>n << 2)
  while (x < end) {
    for (let k = 0; k < 4; k++) {
      const values = v128.load(x)
      const first = f64x2.promote_low_f32x4(values)
      const second = f64x2.promote_low_f32x4(v128.shuffle<i64>(values, values, 1, 0))
      low = f64x2.add(low, f64x2.mul(first, first))
      high = f64x2.add(high, f64x2.mul(second, second))
      x += 16
    }
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
