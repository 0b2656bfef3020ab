import { binomialTest, type Interval } from './binomial.js'
import { normalCdf, normalQuantile } from './normal.js'

/** Two verdicts on the same samples: how often they agree, and which way they differ. */
export interface Paired {
  readonly samples: number
  /** Right before, wrong after. */
  readonly lost: number
  /** Wrong before, right after. */
  readonly gained: number
}

/**
 * Tango's score statistic for paired proportions (1998, "Equivalence test and confidence interval
 * for the difference in proportions for the paired-sample design"), of the hypothesis that the rate
 * fell by `margin`:
 *   z = (lost - gained - n m) / sqrt(n (2 q + m (1 - m))),
 * q being the maximum likelihood estimate of P(gained) under the hypothesis, the positive root of
 *   2n q^2 + ((2n - lost + gained) m - lost - gained) q - gained m (1 - m) = 0.
 */
export function tangoScore({ samples: n, lost, gained }: Paired, margin: number): number {
  const spread = margin * (1 - margin)
  const linear = (2 * n - lost + gained) * margin - lost - gained
  const root = Math.sqrt(linear * linear + 8 * n * gained * spread)
  // The form of the root without cancellation.
  const q = linear > 0 ? (2 * gained * spread) / (root + linear) : (root - linear) / (4 * n)
  const deviation = lost - gained - n * margin
  const variance = n * (2 * q + spread)
  return variance > 0 ? deviation / Math.sqrt(variance) : Math.sign(deviation) * Infinity || 0
}

/** The p-value of "the rate fell by more than `margin`" against "by no more". */
export function fellByMoreThan(paired: Paired, margin: number): number {
  return normalCdf(-tangoScore(paired, margin))
}

/** Tango's interval of the fall in the rate (before minus after). */
export function tangoInterval(paired: Paired, confidence = 0.95): Interval {
  const z = normalQuantile(0.5 + confidence / 2)
  return [marginAt(paired, z), marginAt(paired, -z)]
}

/** The margin at which the score, which falls as the margin grows, is z. */
function marginAt(paired: Paired, z: number): number {
  let [low, high] = [-1, 1]
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (tangoScore(paired, middle) > z) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** McNemar's exact test: the two-sided p-value of "the rates are equal". */
export function mcNemar({ lost, gained }: Paired): number {
  return binomialTest(lost, lost + gained)
}
