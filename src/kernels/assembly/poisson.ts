// Poisson numbers, exact to the 24 bits of a draw. Below 64 the mean is split into a row of an alias
// table (means 0, 1/4, 1/2, ...) and a remainder under 1/4, found by inversion; from 64 on, Hormann's
// transformed rejection (PTRS, 1993).
import { inOneBlock, MORE_WORDS, openTwoBlocks, WORDS } from './generator'

const ROW: i32 = 128

/** A word of a chain started by two others (Mueller's hash, as in lowbias32). */
@inline
function chained(u: u32, v: u32, step: u32): u32 {
  let x = u + step * 0x9e3779b9
  x = (x ^ (x >> 16)) * 0x21f0aaad
  x = (x ^ v ^ (x >> 15)) * 0x735a2d97
  return x ^ (x >> 15)
}

/** log(x) of a normal positive number, as base's exactLog. */
function logarithm(x: f64): f64 {
  const bits = reinterpret<u64>(x)
  let exponent = <f64>(<i32>(bits >> 52) - 1023)
  let mantissa = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000)
  if (mantissa > 1.4142135623730951) {
    mantissa /= 2
    exponent += 1
  }
  const s = (mantissa - 1) / (mantissa + 1)
  const square = s * s
  let series: f64 = 0
  for (let k = 23; k >= 1; k -= 2) series = series * square + 1 / <f64>k
  return exponent * 0.6931471803691238 + (exponent * 1.9082149292705877e-10 + 2 * s * series)
}

/** log(k!), by Stirling's series from 10 on. */
function logFactorial(k: f64): f64 {
  let shift: f64 = 1
  let x = k + 1
  while (x < 10) {
    shift *= x
    x += 1
  }
  const inverse = 1 / x
  const square = inverse * inverse
  const series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)))
  return (x - 0.5) * logarithm(x) - x + 0.9189385332046728 + series - logarithm(shift)
}

/** Uniform in (0, 1). */
@inline
function unit(word: u32): f64 {
  return (<f64>word + 0.5) * 2.3283064365386963e-10
}

function large(mean: f64, u: u32, v: u32): f32 {
  const root = sqrt(mean)
  const b = 0.931 + 2.53 * root
  const a = -0.059 + 0.02483 * b
  const inverse = 1.1239 + 1.1328 / (b - 3.4)
  const squeeze = 0.9277 - 3.6224 / (b - 2)
  for (let step: u32 = 0; ; step += 2) {
    const U = unit(chained(u, v, step)) - 0.5
    const V = unit(chained(u, v, step + 1))
    const us = 0.5 - abs(U)
    const k = floor((2 * a / us + b) * U + mean + 0.43)
    if (us >= 0.07 && V <= squeeze) return <f32>k
    if (k < 0 || (us < 0.013 && V > us)) continue
    const left = logarithm(V) + logarithm(inverse) - logarithm(a / (us * us) + b)
    if (left <= k * logarithm(mean) - mean - logFactorial(k)) return <f32>k
  }
  return 0
}

@inline
function replaceLarge(counts: v128, means: v128, u: v128, v: v128): v128 {
  let result = counts
  const m0 = f32x4.extract_lane(means, 0)
  if (m0 >= 64) result = f32x4.replace_lane(result, 0, large(m0, i32x4.extract_lane(u, 0), i32x4.extract_lane(v, 0)))
  const m1 = f32x4.extract_lane(means, 1)
  if (m1 >= 64) result = f32x4.replace_lane(result, 1, large(m1, i32x4.extract_lane(u, 1), i32x4.extract_lane(v, 1)))
  const m2 = f32x4.extract_lane(means, 2)
  if (m2 >= 64) result = f32x4.replace_lane(result, 2, large(m2, i32x4.extract_lane(u, 2), i32x4.extract_lane(v, 2)))
  const m3 = f32x4.extract_lane(means, 3)
  if (m3 >= 64) result = f32x4.replace_lane(result, 3, large(m3, i32x4.extract_lane(u, 3), i32x4.extract_lane(v, 3)))
  return result
}

/** out = clip(Poisson(scale max(x, 0)) inverse). The table is made by poisson-table.ts. */
export function poisson(x: usize, table: usize, out: usize, n: u32, scale: f32, inverse: f32, low: f32, high: f32, seed0: i32, seed1: i32, stream0: i32, stream1: i32, first: u32): void {
  const S = f32x4.splat(scale)
  const INVERSE = f32x4.splat(inverse)
  const lowest = f32x4.splat(low)
  const highest = f32x4.splat(high)
  const limit = f32x4.splat(63.99999)
  const end = first + n
  while (first < end) {
    let at = openTwoBlocks(first, end, seed0, seed1, stream0, stream1)
    const count = inOneBlock(first, end)
    const stop = at + (<usize>count << 2)
    while (at < stop) {
      const value = v128.load(x)
      const mean = f32x4.mul(f32x4.pmax(value, f32x4.splat(0)), S)
      const u = v128.load(WORDS + at)
      const v = v128.load(MORE_WORDS + at)
      const small = f32x4.pmin(mean, limit)
      const quarters = f32x4.mul(small, f32x4.splat(4))
      const row = i32x4.trunc_sat_f32x4_s(quarters)
      const rest = f32x4.mul(f32x4.sub(quarters, f32x4.convert_i32x4_s(row)), f32x4.splat(0.25))
      // Alias: the column from the upper 7 bits, kept if 24 more bits are below its threshold.
      const column = i32x4.shr_u(u, 25)
      const index = i32x4.add(i32x4.shl(row, 9), i32x4.shl(column, 2))
      let entry = v128.load32_zero(table + <usize>i32x4.extract_lane(index, 0))
      entry = v128.load_lane<u32>(table + <usize>i32x4.extract_lane(index, 1), entry, 1)
      entry = v128.load_lane<u32>(table + <usize>i32x4.extract_lane(index, 2), entry, 2)
      entry = v128.load_lane<u32>(table + <usize>i32x4.extract_lane(index, 3), entry, 3)
      const draw = v128.and(i32x4.shr_u(u, 1), i32x4.splat(0xffffff))
      const kept = i32x4.lt_s(draw, i32x4.shr_u(entry, 8))
      let counts = f32x4.convert_i32x4_s(v128.bitselect(column, v128.and(entry, i32x4.splat(255)), kept))
      // Inversion of the remainder: e^-d to 1e-6 by its series.
      const uniform = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(v, 8)), f32x4.splat(<f32>5.960464477539063e-8))
      let chance = f32x4.add(f32x4.splat(-1.0 / 6), f32x4.mul(rest, f32x4.sub(f32x4.splat(1.0 / 24), f32x4.mul(rest, f32x4.splat(1.0 / 120)))))
      chance = f32x4.add(f32x4.splat(0.5), f32x4.mul(rest, chance))
      chance = f32x4.add(f32x4.splat(-1), f32x4.mul(rest, chance))
      chance = f32x4.add(f32x4.splat(1), f32x4.mul(rest, chance))
      let more = f32x4.ge(uniform, chance)
      if (v128.any_true(more)) {
        let sum = chance
        let steps = f32x4.splat(0)
        for (let k = 0; k < 8 && v128.any_true(more); k++) {
          counts = f32x4.add(counts, v128.and(more, f32x4.splat(1)))
          steps = f32x4.add(steps, f32x4.splat(1))
          chance = f32x4.mul(chance, f32x4.div(rest, steps))
          sum = f32x4.add(sum, chance)
          more = v128.and(more, f32x4.ge(uniform, sum))
        }
      }
      if (v128.any_true(f32x4.ge(mean, f32x4.splat(64)))) counts = replaceLarge(counts, mean, u, v)
      const result = f32x4.pmin(f32x4.pmax(f32x4.mul(counts, INVERSE), lowest), highest)
      v128.store(out, v128.bitselect(result, value, f32x4.eq(value, value)))
      at += 16
      x += 16
      out += 16
    }
    first += count
  }
}
