// Many normal numbers at once: the formulas and the bits of normal.ts, in short loops whose constants stay
// in registers or serve two vectors a load.
import {
  COSINE, EXPONENT_BITS, FRACTION_BITS, LOGARITHM, MINUS_TWO_LN_2, mulAdd, ODD, ONE, PIVOT, SIGN_BIT, SINE, splat, THREE, TWO_BITS, WORD_STEP,
} from './normal'

/** NaN passes. */
@inline
export function clip(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high)
}

/** f and -2 k ln 2 of up to 2048 words, u = 2^k (1 + f). */
const PARTS: usize = memory.data(8192, 64)

/** Turns every other four words into f and -2 k ln 2, `parts` bytes behind them. */
@inline
function split(from: usize, stop: usize, parts: usize): void {
  const odd = splat(ODD)
  const step = splat(WORD_STEP)
  const pivot = splat(PIVOT)
  const exponentBits = splat(EXPONENT_BITS)
  const one = splat(ONE)
  const ln2 = splat(MINUS_TWO_LN_2)
  for (let at = from; at < stop; at += 32) {
    const unit = f32x4.mul(f32x4.convert_i32x4_s(v128.or(i32x4.shr_u(v128.load(at), 1), odd)), step)
    const shifted = i32x4.sub(unit, pivot)
    v128.store(parts + at, f32x4.sub(i32x4.sub(unit, v128.and(shifted, exponentBits)), one))
    v128.store(parts + at, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23)), ln2), 16)
  }
}

/** Turns every other four words into radii sigma sqrt(-2 ln u). */
@inline
function radii(from: usize, stop: usize, scale: v128): void {
  const parts = PARTS - from
  split(from, stop, parts)
  const fifth = splat(LOGARITHM, 5)
  const fourth = splat(LOGARITHM, 4)
  const third = splat(LOGARITHM, 3)
  const second = splat(LOGARITHM, 2)
  const first = splat(LOGARITHM, 1)
  const constant = splat(LOGARITHM, 0)
  for (let at = from; at < stop; at += 32) {
    const f = v128.load(parts + at)
    let sum = mulAdd(mulAdd(mulAdd(fifth, f, fourth), f, third), f, second)
    sum = mulAdd(mulAdd(mulAdd(sum, f, first), f, constant), f, v128.load(parts + at, 16))
    v128.store(at, f32x4.mul(scale, f32x4.sqrt(sum)))
  }
}

/** c3 y^3 + c2 y^2 + c1 y + c0 of a table; the compiler loads a coefficient once for two that follow each other. */
@inline
function polynomial(table: usize, y: v128): v128 {
  const upper = mulAdd(splat(table, 3), y, splat(table, 2))
  return mulAdd(mulAdd(upper, y, splat(table, 1)), y, splat(table, 0))
}

/** What becomes of a normal number. */
const ALONE = 0
const ADDED = 1
const TIMES = 2

/** The number n, clip(x + n) or clip(x + x n). */
@inline
function put(x: v128, n: v128, lowest: v128, highest: v128, how: i32): v128 {
  if (how == ALONE) return n
  return clip(f32x4.add(x, how == TIMES ? f32x4.mul(x, n) : n), lowest, highest)
}

/** out = sigma N, put so, from words, which are used up; `count` is a multiple of 16. Two pairs in step. */
@inline
function putNormals(from: usize, x: usize, out: usize, count: u32, scale: v128, lowest: v128, highest: v128, how: i32): void {
  const stop = from + (<usize>count << 2)
  radii(from, stop, scale)
  while (from < stop) {
    // A quarter-turn fraction a in [-1, 1) from the lower 23 bits of each word, and its square.
    const bits = v128.load(from, 16)
    const more = v128.load(from, 48)
    let k = splat(FRACTION_BITS)
    let a = v128.and(bits, k)
    let b = v128.and(more, k)
    k = splat(TWO_BITS)
    a = v128.or(a, k)
    b = v128.or(b, k)
    k = splat(THREE)
    a = f32x4.sub(a, k)
    b = f32x4.sub(b, k)
    const y = f32x4.mul(a, a)
    const z = f32x4.mul(b, b)
    const radius = v128.load(from)
    const other = v128.load(from, 32)

    // radius sin(a pi/2)
    let p = f32x4.mul(a, polynomial(SINE, y))
    let q = f32x4.mul(b, polynomial(SINE, z))
    v128.store(out, put(v128.load(x), f32x4.mul(p, radius), lowest, highest, how))
    v128.store(out, put(v128.load(x, 32), f32x4.mul(q, other), lowest, highest, how), 32)

    // radius cos(a pi/2), its sign from the upper bit of each word
    k = splat(SIGN_BIT)
    p = f32x4.mul(v128.xor(polynomial(COSINE, y), v128.and(bits, k)), radius)
    q = f32x4.mul(v128.xor(polynomial(COSINE, z), v128.and(more, k)), other)
    v128.store(out, put(v128.load(x, 16), p, lowest, highest, how), 16)
    v128.store(out, put(v128.load(x, 48), q, lowest, highest, how), 48)
    from += 64
    x += 64
    out += 64
  }
}

/** out = clip(x + sigma N). */
export function addNormals(from: usize, x: usize, out: usize, count: u32, scale: v128, lowest: v128, highest: v128): void {
  putNormals(from, x, out, count, scale, lowest, highest, ADDED)
}

/** out = clip(x + x sigma N). */
export function addTimesNormals(from: usize, x: usize, out: usize, count: u32, scale: v128, lowest: v128, highest: v128): void {
  putNormals(from, x, out, count, scale, lowest, highest, TIMES)
}

/** out = sigma N. */
export function writeNormals(from: usize, out: usize, count: u32, scale: v128): void {
  putNormals(from, out, out, count, scale, scale, scale, ALONE)
}
