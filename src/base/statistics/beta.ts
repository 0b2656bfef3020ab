/**
 * The incomplete beta function and its inverse, precise for counts from one to many millions:
 * the density by Loader's deviance form (no difference of large logarithms of the gamma function),
 * the rest by the continued fraction.
 */

import { normalQuantile } from './normal.js'

/** ln sqrt(2 pi) */
const halfLogTwoPi = 0.9189385332046727

/** ln Gamma(x) for x > 0; absolute error below 1e-14 up to x = 100. */
export function logGamma(x: number): number {
  let shift = 1
  let z = x
  while (z < 16) shift *= z++
  return (z - 0.5) * Math.log(z) - z + halfLogTwoPi + stirlingSeries(z) - Math.log(shift)
}

/** 1/(12 z) - 1/(360 z^3) + 1/(1260 z^5) - ..., what Stirling's formula leaves out of ln Gamma(z). */
function stirlingSeries(z: number): number {
  const s = 1 / (z * z)
  return (
    (1 / 12 -
      s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360))))) /
    z
  )
}

/** ln(z!) minus Stirling's (z + 1/2) ln z - z + ln sqrt(2 pi), for z > 0. */
function stirlingError(z: number): number {
  if (z >= 16) return stirlingSeries(z)
  return logGamma(z + 1) - (z + 0.5) * Math.log(z) + z - halfLogTwoPi
}

/** x ln(x / m) + m - x, without cancellation when x is near m. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x
  const v = (x - m) / (x + m)
  let sum = (x - m) * v
  let term = 2 * x * v
  for (let j = 3; ; j += 2) {
    term *= v * v
    const next = sum + term / j
    if (next === sum) return sum
    sum = next
  }
}

/**
 * The binomial density n! / (x! (n-x)!) p^x q^(n-x) with q = 1 - p, for real x in [0, n]
 * (Loader 2000, "Fast and accurate computation of binomial probabilities").
 */
export function binomialDensity(x: number, n: number, p: number, q = 1 - p): number {
  if (p === 0) return x === 0 ? 1 : 0
  if (q === 0) return x === n ? 1 : 0
  if (x === 0) return Math.exp(n * Math.log1p(-p))
  if (x === n) return Math.exp(n * Math.log(p))
  const exponent =
    stirlingError(n) -
    stirlingError(x) -
    stirlingError(n - x) -
    deviance(x, n * p) -
    deviance(n - x, n * q)
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * x * (n - x)))
}

/**
 * The regularized incomplete beta function I_x(a, b): P(X <= x) for X from Beta(a, b), a and b > 0.
 * `y` is 1 - x, given apart where x is near 1.
 */
export function betaCdf(x: number, a: number, b: number, y = 1 - x): number {
  if (x <= 0) return 0
  if (y <= 0) return 1
  return x <= (a + 1) / (a + b + 2) ? lowerTail(x, a, b, y) : 1 - lowerTail(y, b, a, x)
}

/** x^a y^b / (a B(a, b)) times the continued fraction; converges fast below the mean. */
function lowerTail(x: number, a: number, b: number, y: number): number {
  // x^a y^b / (a B(a, b)) = b / (a + b) times the binomial density of a out of a + b.
  const front = (b / (a + b)) * binomialDensity(a, a + b, x, y)
  return front === 0 ? 0 : front * continuedFraction(x, a, b)
}

/** The fraction 1 / (1 + d1 / (1 + d2 / (1 + ...))) of I_x(a, b), by Lentz's method. */
function continuedFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const away = (v: number) => (Math.abs(v) < tiny ? tiny : v)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let h = d
  for (let m = 1; m < 1e6; m++) {
    const m2 = a + 2 * m
    const even = (m * (b - m) * x) / ((m2 - 1) * m2)
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / (m2 * (m2 + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    const step = d * c
    h *= step
    if (Math.abs(step - 1) < 1e-16) break
  }
  return h
}

/** The x with I_x(a, b) = p: the p quantile of Beta(a, b), for p in [0, 1]. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0
  if (p >= 1) return 1
  return p <= betaCdf(0.5, a, b) ? lowerQuantile(p, a, b) : 1 - lowerQuantile(1 - p, b, a)
}

/** The quantile where it is at most 1/2: Newton's steps from the normal one, kept in a bracket. */
function lowerQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 0.5]
  let x = Math.min(0.5, normalStart(p, a, b))
  for (let step = 0; step < 200; step++) {
    const error = betaCdf(x, a, b) - p
    if (error > 0) high = x
    else low = x
    // The density of Beta(a, b): a b / ((a + b) x (1 - x)) times the binomial one.
    const slope = (binomialDensity(a, a + b, x) * a * b) / ((a + b) * x * (1 - x))
    const newton = x - error / slope
    const next = newton > low && newton < high ? newton : low > 0 ? Math.sqrt(low * high) : high / 8
    if (Math.abs(next - x) <= 1e-14 * x) return next
    x = next
  }
  return x
}

function normalStart(p: number, a: number, b: number): number {
  const mean = a / (a + b)
  const start = mean + normalQuantile(p) * Math.sqrt((mean * (1 - mean)) / (a + b + 1))
  return start > 0 ? start : mean / 8
}
