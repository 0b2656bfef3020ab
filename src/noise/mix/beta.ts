import { exactExp, exactLog, type Random } from '../../base/index.js'

/** A standard normal number by the polar method (Marsaglia & Bray 1964). */
export function polarNormal(random: Random): number {
  for (;;) {
    const u = 2 * random.float() - 1
    const v = 2 * random.float() - 1
    const s = u * u + v * v
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * exactLog(s)) / s)
  }
}

/**
 * log of a Gamma(shape, 1) number (Marsaglia & Tsang 2000): d v with d = a - 1/3, v = (1 + c z)^3;
 * below shape 1, Gamma(a) = Gamma(a + 1) U^(1/a), in logarithms because U^(1/a) may underflow.
 */
export function logGamma(shape: number, random: Random): number {
  if (shape < 1) return logGamma(shape + 1, random) + exactLog(1 - random.float()) / shape
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const z = polarNormal(random)
    const root = 1 + c * z
    const v = root * root * root
    if (v > 0 && exactLog(1 - random.float()) < (z * z) / 2 + d - d * v + d * exactLog(v))
      return exactLog(d * v)
  }
}

/** A Beta(a, b) number: G1 / (G1 + G2). */
export function beta(a: number, b: number, random: Random): number {
  const first = logGamma(a, random)
  const second = logGamma(b, random)
  return 1 / (1 + exactExp(second - first))
}

/** Weights from Dirichlet(alpha, ..., alpha), adding up to 1. */
export function dirichlet(parts: number, alpha: number, random: Random): number[] {
  const logs = Array.from({ length: parts }, () => logGamma(alpha, random))
  const most = Math.max(...logs)
  const weights = logs.map(log => exactExp(log - most))
  const sum = weights.reduce((a, b) => a + b)
  return weights.map(weight => weight / sum)
}
