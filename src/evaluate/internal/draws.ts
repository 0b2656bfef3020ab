/** What each draw of noise on weights does: right answers and losses, draw by draw. */
import type { Answers, Values } from '../../metrics/index.js'
import type { Condition, Suite } from '../suites/suite.js'

/** One draw of one condition, over all samples. */
export interface DrawScore {
  /** Accuracy; of a regression minus the mean squared error. */
  readonly score: number
  /** Mean negative log-likelihood; of a regression the mean squared error. */
  readonly loss: number
}

export interface ConditionDraws {
  readonly condition: Condition
  readonly draws: readonly DrawScore[]
}

interface Sum {
  score: number
  loss: number
}

/** Follows the conditions on weights through a pass. */
export class DrawWatch {
  private readonly cleanSum: Sum = { score: 0, loss: 0 }
  private readonly sums: readonly Sum[][]
  private samples = 0

  constructor(private readonly suite: Suite) {
    const zero = () => ({ score: 0, loss: 0 })
    this.sums = suite.conditions.map(({ at, draws }) =>
      at === 'weight' ? Array.from({ length: draws }, zero) : [],
    )
  }

  add(clean: Answers | Values, noisy: readonly (readonly (Answers | Values)[])[]): void {
    if (!isKnown(clean)) return
    this.samples += clean.samples
    accumulate(this.cleanSum, clean)
    for (const [i, draws] of this.sums.entries())
      for (const [draw, sum] of draws.entries()) accumulate(sum, noisy[i][draw])
  }

  /** Undefined where nothing was labelled. */
  clean(): DrawScore | undefined {
    return this.samples ? this.mean(this.cleanSum) : undefined
  }

  result(): ConditionDraws[] {
    return this.suite.conditions.flatMap((condition, i) =>
      this.sums[i].length ? [{ condition, draws: this.sums[i].map(sum => this.mean(sum)) }] : [],
    )
  }

  private mean({ score, loss }: Sum): DrawScore {
    return { score: score / this.samples, loss: loss / this.samples }
  }
}

const isKnown = (answers: Answers | Values) =>
  'predictions' in answers ? answers.labels !== undefined : answers.targets !== undefined

function accumulate(sum: Sum, answers: Answers | Values): void {
  if (!('predictions' in answers)) {
    const { samples, columns, outputs, targets } = answers
    for (let i = 0; i < samples * columns; i++) {
      const error = (outputs[i] - targets![i]) ** 2 / columns
      sum.loss += error
      sum.score -= error
    }
    return
  }
  const { samples, classes, labels, predictions, logProbabilities } = answers
  for (let i = 0; i < samples; i++) {
    if (predictions[i] === labels![i]) sum.score++
    sum.loss -= logProbabilities[i * classes + labels![i]]
  }
}
