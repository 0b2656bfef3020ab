import { DataError, expected, InternalError, ModelError } from '../base/index.js'

/** What a model's output row is: `logits` (any numbers) or `probabilities` (they add up to 1). */
export type OutputKind = 'logits' | 'probabilities'

/** One batch of a classifier's answers, with what every metric needs worked out once. */
export interface Answers {
  readonly samples: number
  readonly classes: number
  /** [samples, classes]; absent when the model gives probabilities alone. */
  readonly logits?: Float64Array
  /** [samples, classes]; a row the model gave no numbers for is NaN. */
  readonly probabilities: Float64Array
  /** [samples, classes], in nats. */
  readonly logProbabilities: Float64Array
  /** The class of the highest probability, the first of equals; -1 for a row without numbers. */
  readonly predictions: Int32Array
  /** The right classes, where they are known. */
  readonly labels?: ArrayLike<number>
  /** The same samples' answers without noise, where they are known. */
  readonly clean?: Answers
  /** How the members differ whose mean this is, where it is one. */
  readonly members?: MemberSpread
}

/** How the members of an ensemble, or the passes of Monte-Carlo dropout, differ, sample by sample. */
export interface MemberSpread {
  /** Mean over the members of the entropy of each, in nats. */
  readonly expectedEntropy: Float64Array
  /** Share of the members that do not answer the most frequent class. */
  readonly variationRatio: Float64Array
}

export interface AnswerOptions {
  kind: OutputKind
  /** Numbers a sample; one alone is read as the second of two classes. */
  columns: number
  labels?: ArrayLike<number>
  clean?: Answers
  members?: MemberSpread
}

/** Probabilities below the smallest normal float32 are taken as that, so that logarithms exist. */
const smallest = 2 ** -126

/**
 * Reads a batch of raw outputs [samples, columns].
 * Throws DataError for a label out of range, ModelError for probabilities that are none.
 */
export function answersOf(values: ArrayLike<number>, options: AnswerOptions): Answers {
  const { kind, labels, clean, members } = options
  const samples = values.length / options.columns
  if (!Number.isInteger(samples))
    throw new InternalError(`${values.length} outputs are no rows of ${options.columns}`)
  const { rows, classes } = widen(values, options)
  checkLabels(labels, samples, classes)
  const made = {
    samples,
    classes,
    probabilities: new Float64Array(rows.length),
    logProbabilities: new Float64Array(rows.length),
    predictions: new Int32Array(samples),
    ...(kind === 'logits' && { logits: rows }),
    ...(labels && { labels }),
    ...(clean && { clean }),
    ...(members && { members }),
  }
  const fill = kind === 'logits' ? fillFromLogits : fillFromProbabilities
  for (let i = 0; i < samples; i++) {
    const [from, to] = [i * classes, (i + 1) * classes]
    made.predictions[i] = isNumbers(rows, from, to) ? largest(rows, from, to) - from : -1
    if (made.predictions[i] < 0) made.probabilities.fill(Number.NaN, from, to)
    else fill(rows, from, to, from + made.predictions[i], made)
    if (made.predictions[i] < 0) made.logProbabilities.fill(Number.NaN, from, to)
  }
  return made
}

/** A single column is a two-class model's second class: logits (0, z) or probabilities (1 - p, p). */
function widen(values: ArrayLike<number>, { kind, columns }: AnswerOptions) {
  if (columns > 1) return { rows: new Float64Array(values), classes: columns }
  const rows = new Float64Array(values.length * 2)
  for (let i = 0; i < values.length; i++) {
    rows[2 * i] = kind === 'logits' ? 0 : 1 - values[i]
    rows[2 * i + 1] = values[i]
  }
  return { rows, classes: 2 }
}

function checkLabels(labels: ArrayLike<number> | undefined, samples: number, classes: number) {
  if (!labels) return
  if (labels.length !== samples)
    throw new InternalError(`${labels.length} labels came for ${samples} samples`)
  for (let i = 0; i < samples; i++)
    if (!(Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < classes))
      throw new DataError(
        expected('label', `a whole number from 0 to ${classes - 1}`, labels[i]) +
          ` The model tells ${classes} classes apart.`,
      )
}

/** Whether a row holds numbers; minus infinity is one (a masked class), unless all are. */
function isNumbers(rows: Float64Array, from: number, to: number): boolean {
  let some = false
  for (let j = from; j < to; j++) {
    if (Number.isNaN(rows[j]) || rows[j] === Number.POSITIVE_INFINITY) return false
    some ||= rows[j] !== Number.NEGATIVE_INFINITY
  }
  return some
}

function largest(rows: Float64Array, from: number, to: number): number {
  let best = from
  for (let j = from + 1; j < to; j++) if (rows[j] > rows[best]) best = j
  return best
}

type Filled = Pick<Answers, 'probabilities' | 'logProbabilities'>

/** log p_j = z_j - max - log sum exp(z - max) */
function fillFromLogits(rows: Float64Array, from: number, to: number, top: number, into: Filled) {
  let sum = 0
  for (let j = from; j < to; j++) {
    into.probabilities[j] = Math.exp(rows[j] - rows[top])
    sum += into.probabilities[j]
  }
  const logSum = Math.log(sum)
  for (let j = from; j < to; j++) {
    into.probabilities[j] /= sum
    into.logProbabilities[j] = rows[j] - rows[top] - logSum
  }
}

function fillFromProbabilities(
  rows: Float64Array,
  from: number,
  to: number,
  _top: number,
  into: Filled,
) {
  let sum = 0
  for (let j = from; j < to; j++) {
    if (rows[j] < -1e-4) throw new ModelError(expected('output', 'probabilities', rows[j]))
    sum += rows[j]
    into.probabilities[j] = rows[j]
    into.logProbabilities[j] = Math.log(Math.max(rows[j], smallest))
  }
  if (Math.abs(sum - 1) > 0.01)
    throw new ModelError(
      expected('output', 'probabilities that add up to 1', `a row adding up to ${sum}`) +
        ' Say that it gives logits if it does.',
    )
}
