/**
 * Prediction sets by split conformal prediction: a score s(x, y) of how odd class y looks, its
 * quantile q on n held-out samples, and the set {y : s(x, y) <= q}, which holds the right class with
 * the chance asked for as long as new samples are like the held-out ones. Sets always hold the most
 * probable class. Scores are the ones without randomisation, with which APS
 * and RAPS cover more than was asked.
 */
import type { Answers } from './answers.js'
import { Store } from './store.js'

export const conformalMethods = ['thr', 'aps', 'raps'] as const
export type ConformalMethod = (typeof conformalMethods)[number]

/** Penalty of RAPS for each class ranked behind the first (Angelopoulos et al. 2021). */
const penalty = 0.1
const freeRanks = 1

/** Writes the scores of every class of one sample. */
type Score = (probabilities: Float64Array, order: Uint32Array, into: Float64Array) => void

const scores: Readonly<Record<ConformalMethod, Score>> = {
  /** 1 - p (Sadinle, Lei and Wasserman 2019). */
  thr: (p, order, into) => {
    for (const k of order) into[k] = 1 - p[k]
  },
  /** Sum of the probabilities down to the class's own (Romano, Sesia and Candes 2020). */
  aps: (p, order, into) => cumulate(p, order, into, () => 0),
  /** The same and .1 for each rank behind the first. */
  raps: (p, order, into) =>
    cumulate(p, order, into, rank => penalty * Math.max(0, rank + 1 - freeRanks)),
}

function cumulate(
  p: Float64Array,
  order: Uint32Array,
  into: Float64Array,
  extra: (rank: number) => number,
): void {
  let sum = 0
  for (const [rank, k] of order.entries()) {
    sum += p[k]
    into[k] = sum + extra(rank)
  }
}

/** Each sample's classes with scores, the most probable first; rows without numbers are left out. */
function* scored({ samples, classes, probabilities, predictions }: Answers) {
  const into = new Float64Array(classes)
  for (let i = 0; i < samples; i++) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes)
    const order = Uint32Array.from(row.keys()).sort((a, b) => row[b] - row[a] || a - b)
    if (predictions[i] >= 0)
      yield {
        i,
        top: order[0],
        of: (method: ConformalMethod) => {
          scores[method](row, order, into)
          return into
        },
      }
  }
}

/** A threshold for each method; infinite where too few samples were held out for the coverage. */
export type Thresholds = Readonly<Record<ConformalMethod, number>>

/** Gathers the held-out scores of the right classes: 8 bytes a sample and method. */
export class ConformalFit {
  private readonly stores = { thr: new Store(), aps: new Store(), raps: new Store() }

  update(answers: Answers): void {
    if (!answers.labels) return
    for (const { i, of } of scored(answers))
      for (const method of conformalMethods) this.stores[method].push(of(method)[answers.labels[i]])
  }

  get samples(): number {
    return this.stores.thr.length
  }

  /** The ceil((n + 1) coverage)-th smallest score. */
  thresholds(coverage: number): Thresholds {
    const rank = Math.ceil((this.samples + 1) * coverage)
    const at = (store: Store) => store.sorted()[rank - 1] ?? Number.POSITIVE_INFINITY
    const { thr, aps, raps } = this.stores
    return { thr: at(thr), aps: at(aps), raps: at(raps) }
  }
}

/** How sets did on some samples. */
export interface ConformalResult {
  /** Share of samples whose set holds the label; absent without labels. */
  coverage?: number
  /** Mean number of classes in a set. */
  size: number
}

/** Coverage and size of the sets under one condition. */
export class ConformalMeter {
  private samples = 0
  private labelled = 0
  private readonly covered = { thr: 0, aps: 0, raps: 0 }
  private readonly sizes = { thr: 0, aps: 0, raps: 0 }

  constructor(private readonly thresholds: Thresholds) {}

  update(answers: Answers): void {
    for (const { i, top, of } of scored(answers)) {
      this.samples++
      if (answers.labels) this.labelled++
      for (const method of conformalMethods) {
        const found = of(method)
        const holds = (k: number) => k === top || found[k] <= this.thresholds[method]
        for (let k = 0; k < found.length; k++) if (holds(k)) this.sizes[method]++
        if (answers.labels && holds(answers.labels[i])) this.covered[method]++
      }
    }
  }

  /** Undefined where there was no sample. */
  result(): Record<ConformalMethod, ConformalResult> | undefined {
    if (!this.samples) return undefined
    const of = (method: ConformalMethod): ConformalResult => ({
      ...(this.labelled && { coverage: this.covered[method] / this.labelled }),
      size: this.sizes[method] / this.samples,
    })
    return { thr: of('thr'), aps: of('aps'), raps: of('raps') }
  }
}
