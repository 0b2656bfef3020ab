import { fellByMoreThan, type Key, Moments, normalCdf, type Paired, Random } from '../base/index.js'
import { expectedCalibrationError } from '../metrics/index.js'
import { type Answers, bySample, mean, scoreOf } from './check.js'

/** One test of one check against another. */
export interface Comparison {
  /** By how much it got worse, in points of the score (relative to the RMSE, for a regression). */
  readonly worse: number
  /** P-value of "it got worse by more than the margin". */
  readonly pValue: number
}

/**
 * Whether answers got worse by more than a margin, sample by sample: Tango's score test on right and
 * wrong, or, where each sample was looked at more than once, the one-sided z-test of the share of its
 * looks that were lost; for a regression the z-test of e - (1 + margin)^2 e0 over squared errors,
 * whose mean is positive where the RMSE grew by more than the margin.
 */
export function gotWorse(before: Answers, after: Answers, margin: number): Comparison {
  if (before.right && after.right) {
    const worse = scoreOf(before) - scoreOf(after)
    if (isRepeated(after)) return { worse, pValue: lostMore(before.right, after, margin) }
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

const isRepeated = ({ right, samples }: Answers) =>
  samples !== undefined && samples < (right?.length ?? 0)

function lostMore(old: Uint8Array, { right = old, samples }: Answers, margin: number): number {
  return meanIsPositive(
    Float64Array.from(right, (now, i) => old[i] - now - margin),
    samples,
  )
}

function erredMore(before: Answers, after: Answers, factor: number): number {
  const [old, now] = [before.squaredErrors ?? [], after.squaredErrors ?? []]
  return meanIsPositive(
    Float64Array.from(now, (error, i) => error - factor * old[i]),
    after.samples,
  )
}

/** P-value of "the mean is above 0", by the one-sided z-test over samples. */
function meanIsPositive(values: Float64Array, samples?: number): number {
  const moments = new Moments()
  for (const value of bySample(values, samples)) moments.add(value)
  const error = moments.standardDeviation / Math.sqrt(moments.count)
  return error > 0 ? normalCdf(-moments.mean / error) : moments.mean > 0 ? 0 : 1
}

/** The expected calibration error of answers, all or those drawn; undefined without confidences. */
export function eceOf({ right, confidence }: Answers, drawn?: Uint32Array): number | undefined {
  return right && confidence && expectedCalibrationError(confidence, right, drawn)
}

const resamples = 200

/**
 * Whether calibration got worse: the ECE rose by more than a margin, and not because the answers
 * got better. Two tests that must both hold, so the p-value is the larger one (intersection-union,
 * Berger 1982): of the ECE, with a standard error from the bootstrap over samples, the same resample
 * for both, with all looks at it; and of the squared error of the confidence, (confidence - right)^2. That is a proper
 * score: where a model gets more right than it dares to say, as under label smoothing, its ECE
 * rises while this falls.
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
  const missed = missedMore(before, after, 0)?.pValue ?? 1
  // The bootstrap is slow, and what has not risen cannot have risen significantly.
  if (worse <= margin || missed > 0.5) return { worse, pValue: 1 }
  const error = errorOfRise(before, after, key)
  const rose = error > 0 ? normalCdf(-(worse - margin) / error) : 0
  return { worse, pValue: Math.max(rose, missed) }
}

/** Standard error of the rise of the ECE. */
function errorOfRise(before: Answers, after: Answers, key: Key): number {
  const random = new Random(key)
  const n = after.right?.length ?? 0
  const samples = after.samples ?? n
  const rises = new Moments()
  const drawn = new Uint32Array(n)
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < samples; i++) drawn[i] = random.below(samples)
    for (let i = samples; i < n; i++) drawn[i] = drawn[i - samples] + samples
    rises.add((eceOf(after, drawn) as number) - (eceOf(before, drawn) as number))
  }
  return rises.standardDeviation
}

/**
 * Whether the squared error of the confidence, (confidence - right)^2, rose by more than a margin:
 * the paired z-test. Undefined without confidences.
 */
export function missedMore(
  before: Answers,
  after: Answers,
  margin: number,
): Comparison | undefined {
  if (!before.confidence || !after.confidence) return undefined
  const [old, now] = [before, after].map(missesOf)
  const rises = now.map((miss, i) => miss - old[i])
  const beyond = rises.map(rise => rise - margin)
  return { worse: mean(rises), pValue: meanIsPositive(beyond, after.samples) }
}

/** Below this p-value accuracy is taken to have grown. */
const signAt = 0.05

/**
 * Whether calibration is not to be held against that of an earlier check: the model has since become
 * significantly more accurate and claims no more than it gets right. How well a worse model knew its
 * limits is no promise, and modest answers that get better are what soft labels are there for; who
 * claims too much, or gets no better, is held to it.
 */
export function isOutgrown(before: Answers, after: Answers): boolean {
  const { right, confidence } = after
  if (!right || !confidence || mean(confidence) > mean(right)) return false
  return gotWorse(after, before, 0).pValue < signAt
}

const missesOf = ({ right = new Uint8Array(0), confidence = new Float32Array(0) }: Answers) =>
  Float64Array.from(confidence, (c, i) => (c - right[i]) ** 2)
