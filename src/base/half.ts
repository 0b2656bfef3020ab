/**
 * 16-bit floats as bits. float16 (IEEE 754 binary16): 1 sign, 5 exponent, 10 fraction bits;
 * bfloat16: the upper half of a float32. Both round to nearest, ties to even.
 */

const floats = new Float32Array(1)
const bits = new Uint32Array(floats.buffer)

/** The number a float16's bits stand for. */
export function float16ToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The bits of the float16 nearest to a number; 65520 and above become infinity. */
export function numberToFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (size >= 65520) return sign | 0x7c00
  // A step is the distance between neighbours: 2^-24 for subnormals, else 2^(exponent - 10).
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size))
  const steps = roundToEven(size / 2 ** (exponent - 10))
  // For normals the leading 1 (1024 steps) is worth one in the exponent field; a carry moves on.
  return sign | (steps + ((exponent + 14) << 10))
}

function roundToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 ? floor + 1 : floor
}

export function bfloat16ToNumber(half: number): number {
  bits[0] = half << 16
  return floats[0]
}

export function numberToBfloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0
  floats[0] = value
  const rounding = 0x7fff + ((bits[0] >>> 16) & 1)
  return ((bits[0] + rounding) >>> 16) & 0xffff
}
