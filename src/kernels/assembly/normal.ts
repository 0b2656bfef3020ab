// Box-Muller with polynomials only, so that every engine gives the same bits:
//   radius = sqrt(-2 ln u), angle = a pi/2 with a in [-1, 1), and a random sign for the cosine.

const LOGARITHM: usize = memory.data<f32>([
  -2.0000110726367026, 0.9998280922462961, -0.6649654531215456, 0.5071831930549926, -0.4433745881298613, 0.29324740625679563,
])
const SINE: usize = memory.data<f32>([
  1.5707910110628966, -0.6458928494464065, 0.0794343444124752, -0.004333095175572451,
])
const COSINE: usize = memory.data<f32>([
  0.9999932952569296, -1.2334845033292938, 0.2525802379140849, -0.019095734533858703,
])

@inline
function coefficient(table: usize, index: usize): v128 {
  return v128.load32_splat(table + (index << 2))
}

@inline
function mulAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c)
}

/** -2 ln u of u in (0, 1], from the upper 31 bits of each word; at most 43 (6.56 squared). */
@inline
export function minusTwoLog(words: v128): v128 {
  const unit = unitOf(words)
  const f = mantissa(unit)
  return logEnd(logBegin(f), f, exponentPart(unit))
}

// The parts of minusTwoLog, for loops over one part each: a long chain of operations makes the next wait.

/** u in (0, 1]. */
@inline
export function unitOf(words: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(v128.or(i32x4.shr_u(words, 1), i32x4.splat(1))), f32x4.splat(<f32>4.656612873077393e-10))
}

/** f in [-.29, .42) of u = 2^k (1 + f). */
@inline
export function mantissa(unit: v128): v128 {
  const shifted = i32x4.sub(unit, i32x4.splat(0x3f3504f3))
  return f32x4.sub(i32x4.sub(unit, v128.and(shifted, i32x4.splat(0xff800000))), f32x4.splat(1))
}

/** -2 k ln 2. */
@inline
export function exponentPart(unit: v128): v128 {
  const exponent = f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.sub(unit, i32x4.splat(0x3f3504f3)), 23))
  return f32x4.mul(exponent, f32x4.splat(<f32>-1.3862943611198906))
}

/** The upper half of the polynomial. */
@inline
export function logBegin(f: v128): v128 {
  let sum = coefficient(LOGARITHM, 5)
  sum = mulAdd(sum, f, coefficient(LOGARITHM, 4))
  sum = mulAdd(sum, f, coefficient(LOGARITHM, 3))
  return mulAdd(sum, f, coefficient(LOGARITHM, 2))
}

/** The lower half, and -2 k ln 2. */
@inline
export function logEnd(begun: v128, f: v128, exponent: v128): v128 {
  let sum = mulAdd(begun, f, coefficient(LOGARITHM, 1))
  sum = mulAdd(sum, f, coefficient(LOGARITHM, 0))
  return mulAdd(sum, f, exponent)
}

/** A quarter-turn fraction in [-1, 1) from the lower 23 bits of each word. */
@inline
export function quarterTurns(words: v128): v128 {
  return f32x4.sub(v128.or(v128.and(words, i32x4.splat(0x7fffff)), i32x4.splat(0x40000000)), f32x4.splat(3))
}

/** radius sin(a pi/2). */
@inline
export function sine(a: v128, radius: v128): v128 {
  const y = f32x4.mul(a, a)
  let sum = coefficient(SINE, 3)
  sum = mulAdd(sum, y, coefficient(SINE, 2))
  sum = mulAdd(sum, y, coefficient(SINE, 1))
  sum = mulAdd(sum, y, coefficient(SINE, 0))
  return f32x4.mul(f32x4.mul(a, sum), radius)
}

/** radius cos(a pi/2), its sign from the upper bit of each word. */
@inline
export function cosine(a: v128, words: v128, radius: v128): v128 {
  const y = f32x4.mul(a, a)
  let sum = coefficient(COSINE, 3)
  sum = mulAdd(sum, y, coefficient(COSINE, 2))
  sum = mulAdd(sum, y, coefficient(COSINE, 1))
  sum = mulAdd(sum, y, coefficient(COSINE, 0))
  return f32x4.mul(v128.xor(sum, v128.and(words, i32x4.splat(0x80000000))), radius)
}
