import { InternalError } from '../../base/index.js'
import type { Answers } from '../answers.js'

/**
 * Labelled scores of held-out samples: logits, or logarithms of probabilities where a model gives
 * those alone. Softmax turns both into the model's probabilities.
 */
export interface ScoreTable {
  readonly classes: number
  /** [samples, classes] */
  readonly scores: Float64Array
  readonly labels: Int32Array
}

/** Gathers a score table batch by batch. Rows without numbers are left out and counted. */
export class ScoreGatherer {
  private readonly parts: Float64Array[] = []
  private readonly labels: number[] = []
  /** Samples the model gave no numbers for. */
  left = 0

  constructor(private readonly classes: number) {}

  /** Of the samples whose numbers in the batch are listed; default: all. */
  add(answers: Answers, chosen?: readonly number[]): void {
    const { labels, samples, classes, predictions } = answers
    if (classes !== this.classes) throw new InternalError(`scores of ${classes} classes came`)
    const rows = answers.logits ?? answers.logProbabilities
    for (const i of chosen ?? Array(samples).keys()) {
      if (predictions[i] < 0 || !labels) this.left++
      else {
        this.parts.push(rows.slice(i * classes, (i + 1) * classes).map(finite))
        this.labels.push(labels[i])
      }
    }
  }

  table(): ScoreTable {
    const scores = new Float64Array(this.parts.length * this.classes)
    this.parts.forEach((row, i) => {
      scores.set(row, i * this.classes)
    })
    return { classes: this.classes, scores, labels: Int32Array.from(this.labels) }
  }
}

/** A masked class has minus infinity: a score that stays arithmetic, and its probability 0. */
const finite = (score: number) => Math.max(score, -1e4)

/** log sum exp of a row. */
export function logSumExp(row: ArrayLike<number>): number {
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < row.length; k++) top = Math.max(top, row[k])
  let sum = 0
  for (let k = 0; k < row.length; k++) sum += Math.exp(row[k] - top)
  return top + Math.log(sum)
}

/** Several tables as one. */
export function joinTables([first, ...others]: readonly ScoreTable[]): ScoreTable {
  const all = [first, ...others]
  const scores = new Float64Array(all.reduce((sum, t) => sum + t.scores.length, 0))
  let at = 0
  for (const table of all) {
    scores.set(table.scores, at)
    at += table.scores.length
  }
  return { ...first, scores, labels: Int32Array.from(all.flatMap(t => [...t.labels])) }
}
