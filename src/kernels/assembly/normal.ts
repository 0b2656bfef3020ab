// Box-Muller with polynomials only, so that every engine gives the same bits:
//   radius = sqrt(-2 ln u), angle = a pi/2 with a in [-1, 1), and a random sign for the cosine.

export const LOGARITHM: usize = memory.data<f32>([
  -2.0000110726367026, 0.9998280922462961, -0.6649654531215456, 0.5071831930549926, -0.4433745881298613, 0.29324740625679563,
])
export const SINE: usize = memory.data<f32>([
  1.5707910110628966, -0.6458928494464065, 0.0794343444124752, -0.004333095175572451,
])
export const COSINE: usize = memory.data<f32>([
  0.9999932952569296, -1.2334845033292938, 0.2525802379140849, -0.019095734533858703,
])

// Single numbers, in memory too: loaded, each is one instruction; written as literals, four.
export const ODD: usize = memory.data<i32>([1])
export const PIVOT: usize = memory.data<i32>([0x3f3504f3])
export const EXPONENT_BITS: usize = memory.data<i32>([0xff800000])
export const FRACTION_BITS: usize = memory.data<i32>([0x7fffff])
export const TWO_BITS: usize = memory.data<i32>([0x40000000])
export const SIGN_BIT: usize = memory.data<i32>([0x80000000])
export const WORD_STEP: usize = memory.data<f32>([4.656612873077393e-10])
export const ONE: usize = memory.data<f32>([1])
export const THREE: usize = memory.data<f32>([3])
export const MINUS_TWO_LN_2: usize = memory.data<f32>([-1.3862943611198906])

/** Four times the number at `table`, or at its `index`. */
@inline
export function splat(table: usize, index: usize = 0): v128 {
  return v128.load32_splat(table + (index << 2))
}

@inline
export function mulAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c)
}

/**
 * -2 ln u of u in (0, 1], from the upper 31 bits of each word, with u = 2^k (1 + f) and f in [-.29, .42);
 * at most 43 (6.56 squared).
 */
@inline
export function minusTwoLog(words: v128): v128 {
  const odd = v128.or(i32x4.shr_u(words, 1), splat(ODD))
  const unit = f32x4.mul(f32x4.convert_i32x4_s(odd), splat(WORD_STEP))
  const shifted = i32x4.sub(unit, splat(PIVOT))
  const f = f32x4.sub(i32x4.sub(unit, v128.and(shifted, splat(EXPONENT_BITS))), splat(ONE))
  let sum = mulAdd(splat(LOGARITHM, 5), f, splat(LOGARITHM, 4))
  sum = mulAdd(sum, f, splat(LOGARITHM, 3))
  sum = mulAdd(sum, f, splat(LOGARITHM, 2))
  sum = mulAdd(sum, f, splat(LOGARITHM, 1))
  sum = mulAdd(sum, f, splat(LOGARITHM, 0))
  const k = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23))
  return mulAdd(sum, f, f32x4.mul(k, splat(MINUS_TWO_LN_2)))
}
