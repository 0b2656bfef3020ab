/**
 * log, exp, power, sine and cosine from + - * / and square roots only: the standard leaves the last
 * bits of Math.log and its kin to each engine, and equal keys must give equal bits everywhere.
 * Accurate to about 1e-15, relative.
 */

const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const HALF_PI_HIGH = 1.5707963267341256
const HALF_PI_LOW = 6.077100506506192e-11

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

/** log(x) = e ln 2 + 2 (s + s^3/3 + s^5/5 + ...), s = (m - 1)/(m + 1), x = 2^e m. */
export function exactLog(x: number): number {
  if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : x === Infinity ? x : Number.NaN
  if (x < 2.3e-308) return exactLog(x * 2 ** 54) - 54 * Math.LN2
  double[0] = x
  let exponent = (words[1] >>> 20) - 1023
  words[1] = (words[1] & 0xfffff) | 0x3ff00000
  let mantissa = double[0]
  if (mantissa > Math.SQRT2) {
    mantissa /= 2
    exponent++
  }
  const s = (mantissa - 1) / (mantissa + 1)
  const square = s * s
  let series = 0
  for (let k = 23; k >= 1; k -= 2) series = series * square + 1 / k
  return exponent * LN2_HIGH + (exponent * LN2_LOW + 2 * s * series)
}

/** exp(x) = 2^k e^r, r = x - k ln 2 in [-ln 2 / 2, ln 2 / 2]. */
export function exactExp(x: number): number {
  if (!(x > -745.2)) return Number.isNaN(x) ? x : 0
  if (x > 709.78) return Infinity
  const k = Math.round(x / Math.LN2)
  const r = x - k * LN2_HIGH - k * LN2_LOW
  let series = 1
  for (let n = 14; n >= 1; n--) series = 1 + (series * r) / n
  const half = Math.trunc(k / 2)
  return series * powerOfTwo(half) * powerOfTwo(k - half)
}

function powerOfTwo(exponent: number): number {
  words[0] = 0
  words[1] = (exponent + 1023) << 20
  return double[0]
}

/** base^exponent of a base that is not negative. */
export function exactPow(base: number, exponent: number): number {
  if (exponent === 0) return 1
  return exactExp(exponent * exactLog(base))
}

/** For |x| up to about 1e6. */
export function exactSin(x: number): number {
  const turns = Math.round(x / (Math.PI / 2))
  const r = x - turns * HALF_PI_HIGH - turns * HALF_PI_LOW
  const quarter = ((turns % 4) + 4) % 4
  const value = quarter % 2 ? cosineSeries(r) : sineSeries(r)
  return quarter >= 2 ? -value : value
}

/** For |x| up to about 1e6. */
export function exactCos(x: number): number {
  const turns = Math.round(x / (Math.PI / 2))
  const r = x - turns * HALF_PI_HIGH - turns * HALF_PI_LOW
  const quarter = ((turns % 4) + 4) % 4
  const value = quarter % 2 ? sineSeries(r) : cosineSeries(r)
  return quarter === 1 || quarter === 2 ? -value : value
}

function sineSeries(r: number): number {
  let series = 1
  for (let n = 18; n >= 2; n -= 2) series = 1 - (series * r * r) / (n * (n + 1))
  return r * series
}

function cosineSeries(r: number): number {
  let series = 1
  for (let n = 19; n >= 1; n -= 2) series = 1 - (series * r * r) / (n * (n + 1))
  return series
}
