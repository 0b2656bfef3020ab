import { fellByMoreThan, type Key, Moments, normalCdf, type Paired, Random } from '../base/index.js'
import { expectedCalibrationError } from '../metrics/index.js'
import { type Answers, scoreOf } from './check.js'

/** One test of one check against another. */
export interface Comparison {
  /** By how much it got worse, in points of the score (relative to the RMSE, for a regression). */
  readonly worse: number
  /** P-value of "it got worse by more than the margin". */
  readonly pValue: number
}

/**
 * Whether answers got worse by more than a margin, sample by sample: Tango's score test on right and
 * wrong; for a regression the one-sided z-test of e - (1 + margin)^2 e0 over squared errors, whose
 * mean is positive where the RMSE grew by more than the margin.
 */
export function gotWorse(before: Answers, after: Answers, margin: number): Comparison {
  if (before.right && after.right) {
    const worse = scoreOf(before) - scoreOf(after)
    return { worse, pValue: fellByMoreThan(pair(before.right, after.right), margin) }
  }
  const worse = scoreOf(after) / scoreOf(before) - 1
  return { worse, pValue: erredMore(before, after, (1 + margin) ** 2) }
}

/** How the verdicts on the same samples differ. */
export function pair(before: Uint8Array, after: Uint8Array): Paired {
  let [lost, gained] = [0, 0]
  for (let i = 0; i < before.length; i++) {
    if (before[i] && !after[i]) lost++
    else if (!before[i] && after[i]) gained++
  }
  return { samples: before.length, lost, gained }
}

function erredMore(before: Answers, after: Answers, factor: number): number {
  const [old, now] = [before.squaredErrors ?? [], after.squaredErrors ?? []]
  const moments = new Moments()
  for (let i = 0; i < now.length; i++) moments.add(now[i] - factor * old[i])
  const error = moments.standardDeviation / Math.sqrt(moments.count)
  return error > 0 ? normalCdf(-moments.mean / error) : moments.mean > 0 ? 0 : 1
}

/** The expected calibration error of answers, all or those drawn; undefined without confidences. */
export function eceOf({ right, confidence }: Answers, drawn?: Uint32Array): number | undefined {
  return right && confidence && expectedCalibrationError(confidence, right, drawn)
}

const resamples = 200

/**
 * Whether the calibration error rose by more than a margin. Its standard error comes from the
 * bootstrap over samples, the same resample for both.
 */
export function calibrationRose(
  before: Answers,
  after: Answers,
  margin: number,
  key: Key,
): Comparison | undefined {
  const [old, now] = [eceOf(before), eceOf(after)]
  if (old === undefined || now === undefined) return undefined
  const worse = now - old
  // The bootstrap is slow, and what has not risen cannot have risen significantly.
  if (worse <= margin) return { worse, pValue: 1 }
  const random = new Random(key)
  const n = after.right?.length ?? 0
  const rises = new Moments()
  const drawn = new Uint32Array(n)
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < n; i++) drawn[i] = random.below(n)
    rises.add((eceOf(after, drawn) as number) - (eceOf(before, drawn) as number))
  }
  const error = rises.standardDeviation
  return { worse, pValue: error > 0 ? normalCdf(-(worse - margin) / error) : 0 }
}
