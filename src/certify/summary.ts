import { type Interval, wilsonInterval } from '../base/index.js'
import { ABSTAIN, radiusOf, type Smoothing } from './smoothing.js'

/** One sample of a certificate. */
export interface CertifiedSample {
  readonly index: number
  readonly label: number
  /** The class; -1 where the smoothed classifier abstains. */
  readonly prediction: number
  /** In the input's physical unit; 0 where it abstains. */
  readonly radius: number
  readonly correct: boolean
  /** Seconds it took; no part of what is compared. */
  readonly time?: number
}

export interface CurvePoint {
  readonly radius: number
  /** Share of samples that are right and certified at this radius or a larger one. */
  readonly accuracy: number
  /** 95 %, Wilson, over samples. */
  readonly interval: Interval
}

export interface CertificateSummary {
  /** Average certified radius; a wrong or abstained sample counts 0. */
  readonly acr: number
  readonly abstentionRate: number
  readonly certifiedAccuracy: CurvePoint[]
}

/** Share of samples right and certified at `radius`. */
export function certifiedAccuracy(samples: readonly CertifiedSample[], radius: number): number {
  return countAt(samples, radius) / samples.length
}

function countAt(samples: readonly CertifiedSample[], radius: number): number {
  return samples.filter(s => s.correct && s.radius >= radius).length
}

/** Mean over samples of radius times correct (Zhai et al. 2020). */
export function averageCertifiedRadius(samples: readonly CertifiedSample[]): number {
  return samples.reduce((sum, s) => sum + (s.correct ? s.radius : 0), 0) / samples.length
}

/**
 * A lower bound of the certified accuracy that holds with probability 1 - rho although each of N
 * certificates may be false with probability alpha (Cohen et al. 2019, appendix):
 *   mean - alpha - sqrt(alpha (1 - alpha) ln(1 / rho) / N) - ln(1 / rho) / (3 N).
 */
export function certifiedAccuracyBound(
  samples: readonly CertifiedSample[],
  radius: number,
  { alpha, rho = 0.001 }: { alpha: number; rho?: number },
): number {
  const n = samples.length
  const doubt = Math.log(1 / rho)
  const spread = Math.sqrt((alpha * (1 - alpha) * doubt) / n)
  return Math.max(0, certifiedAccuracy(samples, radius) - alpha - spread - doubt / (3 * n))
}

/** The summary of at least one sample; `radii` default to `usualRadii`. */
export function summarize(
  samples: readonly CertifiedSample[],
  smoothing: Smoothing,
  radii = usualRadii(smoothing),
): CertificateSummary {
  return {
    acr: averageCertifiedRadius(samples),
    abstentionRate: samples.filter(s => s.prediction === ABSTAIN).length / samples.length,
    certifiedAccuracy: radii.map(radius => ({
      radius,
      accuracy: certifiedAccuracy(samples, radius),
      interval: wilsonInterval(countAt(samples, radius), samples.length),
    })),
  }
}

/** From 0 to the largest radius n unanimous votes can certify, in steps of 0.25 or finer. */
export function usualRadii({ n, alpha, sigma }: Smoothing): number[] {
  const largest = radiusOf(n, n, alpha, sigma)
  const step = [0.25, 0.05, 0.01, 0.001].find(s => largest >= 5 * s) ?? largest / 5
  if (largest === 0) return [0]
  const count = Math.floor(largest / step) + 1
  return Array.from({ length: count }, (_, i) => Number((i * step).toPrecision(12)))
}
