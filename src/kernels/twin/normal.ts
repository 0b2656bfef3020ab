/** Box-Muller by polynomials in single precision; the twin of assembly/normal.ts, bit for bit. */

const { fround } = Math
const single = (values: number[]) => Float32Array.from(values)

const logarithm = single([
  -2.0000110726367026, 0.9998280922462961, -0.6649654531215456, 0.5071831930549926,
  -0.4433745881298613, 0.29324740625679563,
])
const sineTable = single([
  1.5707910110628966, -0.6458928494464065, 0.0794343444124752, -0.004333095175572451,
])
const cosineTable = single([
  0.9999932952569296, -1.2334845033292938, 0.2525802379140849, -0.019095734533858703,
])
const minusTwoLn2 = fround(-2 * Math.LN2)

const floats = new Float32Array(1)
const bits = new Int32Array(floats.buffer)

function fromBits(value: number): number {
  bits[0] = value
  return floats[0]
}

function toBits(value: number): number {
  floats[0] = value
  return bits[0]
}

/** c0 + c1 x + c2 x^2 + ..., rounded after every operation. */
function polynomial(table: Float32Array, x: number): number {
  let sum = table[table.length - 1]
  for (let i = table.length - 2; i >= 0; i--) sum = fround(fround(sum * x) + table[i])
  return sum
}

/** -2 ln u of u in (0, 1], from the upper 31 bits of the word. */
export function minusTwoLog(word: number): number {
  const unit = toBits(fround(fround((word >>> 1) | 1) * fround(2 ** -31)))
  const shifted = (unit - 0x3f3504f3) | 0
  const f = fround(fromBits((unit - (shifted & 0xff800000)) | 0) - 1)
  const exponent = shifted >> 23
  return fround(fround(polynomial(logarithm, f) * f) + fround(exponent * minusTwoLn2))
}

/** Two normal numbers of standard deviation `scale` from two words. */
export function normalPair(first: number, second: number, scale: number): [number, number] {
  const radius = fround(scale * fround(Math.sqrt(minusTwoLog(first))))
  const a = fround(fromBits((second & 0x7fffff) | 0x40000000) - 3)
  const y = fround(a * a)
  const sine = fround(a * polynomial(sineTable, y))
  const cosine = polynomial(cosineTable, y)
  const signed = second >>> 31 ? -cosine : cosine
  return [fround(sine * radius), fround(signed * radius)]
}
