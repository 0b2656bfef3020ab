import {
  completeSmoothing,
  predictSample,
  requireCopies,
  type SmoothingOptions,
} from './smoothing.js'
import { openSubject, type SubjectOptions } from './subject.js'
import { Voter } from './votes.js'

export interface PredictOptions extends SubjectOptions, Omit<SmoothingOptions, 'n0'> {
  onEvent?: (event: PredictedEvent) => void
  signal?: AbortSignal
}

/** One sample's answer of the smoothed classifier. */
export interface SmoothedAnswer {
  readonly index: number
  /** Its name: a path inside the folder, or a row number. */
  readonly identity: string
  /** Absent where the data have none. */
  readonly label?: number
  /** -1 where it abstains. */
  readonly prediction: number
  /** Of "the two most voted classes are equally likely". */
  readonly pValue: number
}

export interface PredictedEvent {
  readonly type: 'predicted'
  readonly answer: SmoothedAnswer
  readonly of: number
}

export interface Predictions {
  readonly sigma: number
  readonly n: number
  readonly alpha: number
  readonly seed: number
  readonly classes?: readonly string[]
  readonly samples: readonly SmoothedAnswer[]
  readonly summary: {
    /** Right and not abstained, over all; absent without labels. */
    readonly accuracy?: number
    readonly abstentionRate: number
  }
}

/**
 * The smoothed classifier's answers, abstaining where it is not sure: each answer that is given is the
 * smoothed classifier's own with probability 1 - alpha. Default n 1000, alpha 0.001.
 */
export async function predict(options: PredictOptions): Promise<Predictions> {
  const smoothing = completeSmoothing({ ...options, n: options.n ?? 1000 })
  requireCopies('predict', smoothing, 1)
  const subject = await openSubject(options, { count: smoothing.n, batch: smoothing.batch })
  try {
    const { data, seed, classify } = subject
    const voter = new Voter({ classify, shape: data.shape, seed, ...smoothing })
    const samples: SmoothedAnswer[] = []
    for (let at = 0; at < data.length && !options.signal?.aborted; at++) {
      const index = subject.numberAt(at)
      const { values, id } = await subject.sample(index)
      const { prediction, pValue } = await predictSample(
        voter.votesOf(values, id),
        smoothing,
        () => subject.width,
      )
      const label = data.labels?.[at]
      const answer = { index, identity: data.identity(at), label, prediction, pValue }
      samples.push(answer)
      options.onEvent?.({ type: 'predicted', answer, of: data.length })
    }
    const { sigma, n, alpha } = smoothing
    return { sigma, n, alpha, seed, classes: subject.classes, samples, summary: summaryOf(samples) }
  } finally {
    await subject.close()
  }
}

function summaryOf(samples: readonly SmoothedAnswer[]): Predictions['summary'] {
  const share = (holds: (a: SmoothedAnswer) => boolean) =>
    samples.length ? samples.filter(holds).length / samples.length : 0
  const labelled = samples.every(a => a.label !== undefined) && samples.length > 0
  return {
    ...(labelled && { accuracy: share(a => a.prediction === a.label) }),
    abstentionRate: share(a => a.prediction < 0),
  }
}
