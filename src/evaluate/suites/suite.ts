import type { Dataset } from '../../data/index.js'
import type { Source } from '../../noise/index.js'

/** One way a model is disturbed: a noise at one level. */
export interface Condition {
  readonly at: 'input' | 'weight' | 'activation'
  readonly kind: string
  /** Place in the suite's ladder, 1 being the mildest. */
  readonly severity: number
  /** The noise's level fields, in its own units. */
  readonly level: Readonly<Record<string, number>>
  /** The range noisy samples are clipped to; `physical` is that of the data's kind, null none. */
  readonly clip: readonly [number, number] | 'physical' | null
  /** How many independent draws are averaged; noise on samples needs one, weights need several. */
  readonly draws: number
  /** Recordings the noise draws from, for noises that need some. */
  readonly sources?: readonly Source[]
  /** Ready-made noisy samples in place of the noise, index by index those of the data measured. */
  readonly samples?: Dataset
  /** Weights: a pattern of names of tensors; activations: an operator or a pattern. Default: the usual ones. */
  readonly match?: string
  /** The suite it is from, where several were joined. */
  readonly suite?: string
}

/** A named list of conditions, the same for every model it measures. */
export interface Suite {
  readonly name: string
  readonly preset: string
  readonly tldr: string
  readonly conditions: readonly Condition[]
}

/** A suite whose levels depend on the data: published corruptions have levels by image size. */
export interface SuiteFor {
  readonly name: string
  readonly tldr: string
  /** Throws UsageError for data it is not for. */
  for(data: Pick<Dataset, 'kind' | 'shape' | 'name'>): Suite
}
