/** Answers on the held-out samples: the same ones, in the same order, with the same draws at every check. */
export interface Answers {
  /** A classifier's: 1 where it is right, 0 where it is wrong. */
  readonly right?: Uint8Array
  /** A classifier's: the probability of the class it answers. */
  readonly confidence?: Float32Array
  /** A regression's: squared error, mean over its outputs. */
  readonly squaredErrors?: Float32Array
  /**
   * Distinct samples, where each stands once for each condition of a suite: answer i is of sample
   * i mod samples. Looks at one sample are no independent draws. Default: as many as answers.
   */
  readonly samples?: number
}

/** What one look at a run in training saw. */
export interface Check {
  /** Updates done. */
  readonly step: number
  readonly clean: Answers
  /** Under the monitor's suite, not under the training noise. */
  readonly noisy: Answers
  /** Mean loss of some training batches under the training noise of this moment. */
  readonly noisyLoss: number
  /** Standard error of `noisyLoss` over samples. */
  readonly noisyLossError: number
  /** Mean loss of the same batches without noise. */
  readonly cleanLoss: number
  /** Each noise's level since the check before, or 1 where it acted; 0 where it was off. */
  readonly levels: Readonly<Record<string, number>>
  /** Noises whose schedule makes them stronger with time. */
  readonly rising?: readonly string[]
  /** Norms that are no finite number give a run up as diverged. */
  readonly gradientNorm?: number
  readonly parameterNorm?: number
}

/** What answering without looking at the input achieves. */
export interface Chance {
  /** Share of the most common class; 0 for a regression. */
  readonly accuracy: number
  /** Entropy of the class shares in nats; variance of the targets for a regression. */
  readonly loss: number
}

/** Chance for these labels. */
export function chanceOfLabels(labels: ArrayLike<number>, classes: number): Chance {
  const counts = new Float64Array(classes)
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++
  const shares = counts.map(count => count / labels.length)
  const loss = shares.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0)
  return { accuracy: Math.max(...shares), loss }
}

/** Chance for these targets. */
export function chanceOfTargets(targets: ArrayLike<number>): Chance {
  const values = Array.from(targets)
  const mean = values.reduce((sum, t) => sum + t, 0) / values.length
  return { accuracy: 0, loss: values.reduce((sum, t) => sum + (t - mean) ** 2, 0) / values.length }
}

/** Accuracy of a classifier, minus the root mean squared error of a regression: higher is better. */
export function scoreOf({ right, squaredErrors }: Answers): number {
  if (right) return mean(right)
  return -Math.sqrt(mean(squaredErrors ?? []))
}

/** The mean of each sample's looks. */
export function bySample(values: Float64Array, samples = values.length): Float64Array {
  if (samples === values.length) return values
  const means = new Float64Array(samples)
  for (let i = 0; i < values.length; i++) means[i % samples] += values[i]
  return means.map(sum => (sum * samples) / values.length)
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum / values.length
}
