// The 8 x 8 cosine transform in whole numbers, in the steps of Loeffler, Ligtenberg & Moschytz (1989)
// that JPEG libraries use by default, so that the result is theirs to the bit.

const CONST_BITS = 13
const PASS_BITS = 2
const F_0_298 = 2446
const F_0_390 = 3196
const F_0_541 = 4433
const F_0_765 = 6270
const F_0_899 = 7373
const F_1_175 = 9633
const F_1_501 = 12299
const F_1_847 = 15137
const F_1_961 = 16069
const F_2_053 = 16819
const F_2_562 = 20995
const F_3_072 = 25172

const descale = (value: number, bits: number) => (value + (1 << (bits - 1))) >> bits

/** The odd part both ways: four inputs and the four sums made of them. */
function odd(a: number, b: number, c: number, d: number): [number, number, number, number] {
  const z5 = (a + c + b + d) * F_1_175
  const z1 = (a + d) * -F_0_899
  const z2 = (b + c) * -F_2_562
  const z3 = (a + c) * -F_1_961 + z5
  const z4 = (b + d) * -F_0_390 + z5
  return [
    a * F_0_298 + z1 + z3,
    b * F_2_053 + z2 + z4,
    c * F_3_072 + z2 + z3,
    d * F_1_501 + z1 + z4,
  ]
}

/** Forward, in place: 64 values about zero become coefficients times 8. */
export function forwardDct(block: Int32Array): void {
  for (let i = 0; i < 8; i++) forwardLine(block, 8 * i, 1, true)
  for (let i = 0; i < 8; i++) forwardLine(block, i, 8, false)
}

function forwardLine(v: Int32Array, at: number, step: number, first: boolean): void {
  const value = (k: number) => v[at + k * step]
  const sums = [0, 1, 2, 3].map(k => value(k) + value(7 - k))
  const odds = odd(
    value(3) - value(4),
    value(2) - value(5),
    value(1) - value(6),
    value(0) - value(7),
  )
  const [t10, t13] = [sums[0] + sums[3], sums[0] - sums[3]]
  const [t11, t12] = [sums[1] + sums[2], sums[1] - sums[2]]
  const z = (t12 + t13) * F_0_541
  const bits = first ? CONST_BITS - PASS_BITS : CONST_BITS + PASS_BITS
  const plain = (sum: number) => (first ? sum << PASS_BITS : descale(sum, PASS_BITS))
  const put = (k: number, result: number) => {
    v[at + k * step] = result
  }
  put(0, plain(t10 + t11))
  put(4, plain(t10 - t11))
  put(2, descale(z + t13 * F_0_765, bits))
  put(6, descale(z - t12 * F_1_847, bits))
  for (let k = 0; k < 4; k++) put(7 - 2 * k, descale(odds[k], bits))
}

/** Inverse, in place: coefficients become values about zero. */
export function inverseDct(block: Int32Array): void {
  for (let i = 0; i < 8; i++) inverseLine(block, i, 8, CONST_BITS - PASS_BITS)
  for (let i = 0; i < 8; i++) inverseLine(block, 8 * i, 1, CONST_BITS + PASS_BITS + 3)
}

function inverseLine(v: Int32Array, at: number, step: number, bits: number): void {
  const value = (k: number) => v[at + k * step]
  const z = (value(2) + value(6)) * F_0_541
  const [t2, t3] = [z - value(6) * F_1_847, z + value(2) * F_0_765]
  const [t0, t1] = [value(0) + value(4), value(0) - value(4)].map(sum => sum << CONST_BITS)
  const even = [t0 + t3, t1 + t2, t1 - t2, t0 - t3]
  const odds = odd(value(7), value(5), value(3), value(1))
  even.forEach((sum, k) => {
    v[at + k * step] = descale(sum + odds[3 - k], bits)
    v[at + (7 - k) * step] = descale(sum - odds[3 - k], bits)
  })
}
