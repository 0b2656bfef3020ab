/**
 * How sure the accuracies, drops and their means are. Samples are the independent units: a drop is
 * the mean of (clean right - noisy right) of the same samples, so its doubt is that of a paired
 * difference; draws of weight noise, common to all samples, add their own variance.
 */
import { Moments, wilsonInterval } from '../base/index.js'
import type { Answers } from '../metrics/index.js'
import type { Condition } from './suites/suite.js'

export type Interval = readonly [low: number, high: number]

/** Intervals of 95 %. */
export interface ConditionDoubt {
  readonly accuracyInterval: Interval
  readonly dropInterval: Interval
}

export interface Doubts {
  readonly conditions: readonly ConditionDoubt[]
  readonly meanAccuracyInterval: Interval
  readonly meanDropInterval: Interval
}

/** Sample by sample, in the data's order: whether the clean answer is right, and the share under noise. */
export interface SampleScores {
  readonly clean: number[]
  readonly noisy: number[]
}

/** Gathers, batch by batch, what the intervals are made of, and two numbers a sample. */
export class DoubtMeter {
  private readonly drops: readonly Moments[]
  private readonly meanAccuracy = new Moments()
  private readonly meanDrop = new Moments()
  /** Right answers by condition and draw. */
  private readonly right: readonly Float64Array[]
  private readonly kept: SampleScores = { clean: [], noisy: [] }
  private samples = 0

  constructor(private readonly suite: readonly Pick<Condition, 'draws'>[]) {
    this.drops = suite.map(() => new Moments())
    this.right = suite.map(({ draws }) => new Float64Array(draws))
  }

  /** `noisy[condition][draw]` are the answers to the batch that `clean` answers. */
  add(clean: Answers, noisy: readonly (readonly Answers[])[]): void {
    this.addRight(
      rightOf(clean),
      noisy.map(draws => draws.map(rightOf)),
    )
  }

  /** The same, of what is known already: 1 for a right answer, 0 for a wrong one, a sample. */
  addRight(cleanRight: Uint8Array, noisyRight: readonly (readonly Uint8Array[])[]): void {
    for (let row = 0; row < cleanRight.length; row++) {
      const shares = noisyRight.map(draws => meanOver(draws, right => right[row]))
      for (const [i, share] of shares.entries()) this.drops[i].add(cleanRight[row] - share)
      const mean = meanOver(shares, share => share)
      this.meanAccuracy.add(mean)
      this.meanDrop.add(cleanRight[row] - mean)
      this.kept.clean.push(cleanRight[row])
      this.kept.noisy.push(mean)
    }
    for (const [i, draws] of noisyRight.entries())
      for (const [draw, right] of draws.entries())
        this.right[i][draw] += right.reduce((sum, r) => sum + r, 0)
    this.samples += cleanRight.length
  }

  /** For pairing with another model's; undefined where nothing was labelled. */
  sampleScores(): SampleScores | undefined {
    return this.samples ? this.kept : undefined
  }

  /** Undefined where nothing was labelled. */
  result(): Doubts | undefined {
    if (!this.samples || !this.suite.length) return undefined
    const draws = this.right.map(right => this.drawVariance(right))
    const ofMean = draws.reduce((sum, v) => sum + v, 0) / draws.length ** 2
    return {
      conditions: this.suite.map((_, i) => ({
        accuracyInterval: this.accuracyInterval(this.right[i], draws[i]),
        dropInterval: around(this.drops[i], draws[i]),
      })),
      meanAccuracyInterval: shareInterval(around(this.meanAccuracy, ofMean)),
      meanDropInterval: around(this.meanDrop, ofMean),
    }
  }

  /** The variance that the choice of draws gives a mean over them; 0 for one draw. */
  private drawVariance(right: Float64Array): number {
    const moments = new Moments()
    for (const count of right) moments.add(count / this.samples)
    return moments.sampleVariance / right.length
  }

  /** Wilson's for one draw; for several the sampling and the draw variance together. */
  private accuracyInterval(right: Float64Array, drawVariance: number): Interval {
    const accuracy = meanOver([...right], count => count) / this.samples
    if (right.length === 1) return wilsonInterval(right[0], this.samples)
    const sampling = (accuracy * (1 - accuracy)) / this.samples
    const half = 1.96 * Math.sqrt(sampling + drawVariance)
    return shareInterval([accuracy - half, accuracy + half])
  }
}

/** Sample by sample, whether the answer is right. */
export function rightOf({ predictions, labels }: Answers): Uint8Array {
  const right = new Uint8Array(predictions.length)
  for (let row = 0; row < right.length; row++)
    right[row] = predictions[row] === labels![row] ? 1 : 0
  return right
}

function meanOver<T>(items: readonly T[], value: (item: T) => number): number {
  let sum = 0
  for (const item of items) sum += value(item)
  return sum / items.length
}

/** mean +- 1.96 sqrt(variance / n + extra) */
function around(moments: Moments, extra: number): Interval {
  const half = 1.96 * Math.sqrt(moments.sampleVariance / moments.count + extra)
  return [moments.mean - half, moments.mean + half]
}

const shareInterval = ([low, high]: Interval): Interval => [Math.max(0, low), Math.min(1, high)]
