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

/** Forward, in place: 64 values about zero become coefficients times 8. */
export function forwardDct(block: Int32Array): void {
  for (let i = 0; i < 8; i++) forwardLine(block, 8 * i, 1, true)
  for (let i = 0; i < 8; i++) forwardLine(block, i, 8, false)
}

function forwardLine(v: Int32Array, at: number, step: number, first: boolean): void {
  const [i1, i2, i3, i4] = [at + step, at + 2 * step, at + 3 * step, at + 4 * step]
  const [i5, i6, i7] = [at + 5 * step, at + 6 * step, at + 7 * step]
  const bits = first ? CONST_BITS - PASS_BITS : CONST_BITS + PASS_BITS
  const t10 = v[at] + v[i7] + v[i3] + v[i4]
  const t13 = v[at] + v[i7] - v[i3] - v[i4]
  const t11 = v[i1] + v[i6] + v[i2] + v[i5]
  const t12 = v[i1] + v[i6] - v[i2] - v[i5]
  const [a, b, c, d] = [v[i3] - v[i4], v[i2] - v[i5], v[i1] - v[i6], v[at] - v[i7]]
  v[at] = first ? (t10 + t11) << PASS_BITS : descale(t10 + t11, PASS_BITS)
  v[i4] = first ? (t10 - t11) << PASS_BITS : descale(t10 - t11, PASS_BITS)
  const z = (t12 + t13) * F_0_541
  v[i2] = descale(z + t13 * F_0_765, bits)
  v[i6] = descale(z - t12 * F_1_847, bits)
  const z5 = (a + c + b + d) * F_1_175
  const z1 = (a + d) * -F_0_899
  const z2 = (b + c) * -F_2_562
  const z3 = (a + c) * -F_1_961 + z5
  const z4 = (b + d) * -F_0_390 + z5
  v[i7] = descale(a * F_0_298 + z1 + z3, bits)
  v[i5] = descale(b * F_2_053 + z2 + z4, bits)
  v[i3] = descale(c * F_3_072 + z2 + z3, bits)
  v[i1] = descale(d * F_1_501 + z1 + z4, bits)
}

/** Inverse, in place: coefficients become values about zero. */
export function inverseDct(block: Int32Array): void {
  for (let i = 0; i < 8; i++) inverseLine(block, i, 8, CONST_BITS - PASS_BITS)
  for (let i = 0; i < 8; i++) inverseLine(block, 8 * i, 1, CONST_BITS + PASS_BITS + 3)
}

function inverseLine(v: Int32Array, at: number, step: number, bits: number): void {
  const [i1, i2, i3, i4] = [at + step, at + 2 * step, at + 3 * step, at + 4 * step]
  const [i5, i6, i7] = [at + 5 * step, at + 6 * step, at + 7 * step]
  const z = (v[i2] + v[i6]) * F_0_541
  const [t2, t3] = [z - v[i6] * F_1_847, z + v[i2] * F_0_765]
  const [t0, t1] = [(v[at] + v[i4]) << CONST_BITS, (v[at] - v[i4]) << CONST_BITS]
  const [e0, e1, e2, e3] = [t0 + t3, t1 + t2, t1 - t2, t0 - t3]
  const [a, b, c, d] = [v[i7], v[i5], v[i3], v[i1]]
  const z5 = (a + c + b + d) * F_1_175
  const z1 = (a + d) * -F_0_899
  const z2 = (b + c) * -F_2_562
  const z3 = (a + c) * -F_1_961 + z5
  const z4 = (b + d) * -F_0_390 + z5
  const o3 = a * F_0_298 + z1 + z3
  const o2 = b * F_2_053 + z2 + z4
  const o1 = c * F_3_072 + z2 + z3
  const o0 = d * F_1_501 + z1 + z4
  v[at] = descale(e0 + o0, bits)
  v[i7] = descale(e0 - o0, bits)
  v[i1] = descale(e1 + o1, bits)
  v[i6] = descale(e1 - o1, bits)
  v[i2] = descale(e2 + o2, bits)
  v[i5] = descale(e2 - o2, bits)
  v[i3] = descale(e3 + o3, bits)
  v[i4] = descale(e3 - o3, bits)
}
