import { expected, UsageError } from '../../base/index.js'

/** A sample whose label is likely wrong. */
export interface LabelIssue {
  index: number
  label: number
  /** The class it more likely is. */
  suggested: number
  /** Probability of the given label (self-confidence); the list begins with the lowest. */
  confidence: number
}

export interface LabelIssues {
  issues: LabelIssue[]
  /** `joint[given][likely]`: estimated number of samples, rows summing to the label counts. */
  joint: number[][]
  /** Estimated share of wrong labels. */
  errorRate: number
}

/**
 * Confident learning (Northcutt, Jiang, Chuang 2021, "Confident Learning: Estimating Uncertainty in
 * Dataset Labels", section 3; pruning by noise rate). `probabilities` are `[samples, classes]`,
 * predicted for samples the model was not trained on (cross-validation). Throws UsageError when the
 * shapes disagree.
 *
 *   t_j     = mean of p_j over the samples labelled j
 *   C[i][j] = samples labelled i with p_j >= t_j (of several such j the likeliest)
 *   Q       = C with each row scaled to the number of samples labelled i
 *
 * For each i != j the round(Q[i][j]) samples labelled i with the largest p_j - p_i are issues,
 * unless the label is what the model predicts.
 */
export function findLabelIssues(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): LabelIssues {
  const count = labels.length
  if (probabilities.length !== count * classes)
    throw new UsageError(
      expected(
        'label issues',
        `${count * classes} probabilities (samples x classes)`,
        probabilities.length,
      ),
    )
  const at = (sample: number, j: number) => probabilities[sample * classes + j]
  const table: Table = { at, labels, classes, members: membersByLabel(labels, classes) }
  const joint = calibrated(confidentJoint(table), table)
  const found = new Set<number>()
  for (let given = 0; given < classes; given++)
    for (let likely = 0; likely < classes; likely++)
      if (given !== likely) prune(table, given, likely, Math.round(joint[given][likely]), found)
  const issues = [...found].map(index => {
    const label = labels[index]
    return { index, label, suggested: likeliest(table, index), confidence: at(index, label) }
  })
  const wrong = joint.flatMap((row, i) => row.filter((_, j) => i !== j))
  return {
    issues: issues.sort((a, b) => a.confidence - b.confidence || a.index - b.index),
    joint,
    errorRate: count ? wrong.reduce((sum, n) => sum + n, 0) / count : 0,
  }
}

interface Table {
  at(sample: number, j: number): number
  labels: ArrayLike<number>
  classes: number
  /** Samples of each label. */
  members: number[][]
}

function membersByLabel(labels: ArrayLike<number>, classes: number): number[][] {
  const members = Array.from({ length: classes }, (): number[] => [])
  for (let sample = 0; sample < labels.length; sample++) {
    const label = labels[sample]
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new UsageError(expected('label issues', `labels from 0 to ${classes - 1}`, label))
    members[label].push(sample)
  }
  return members
}

function likeliest({ at, classes }: Table, sample: number): number {
  let best = 0
  for (let j = 1; j < classes; j++) if (at(sample, j) > at(sample, best)) best = j
  return best
}

function confidentJoint(table: Table): number[][] {
  const { at, classes, members, labels } = table
  const thresholds = members.map((samples, j) =>
    samples.length
      ? samples.reduce((sum, s) => sum + at(s, j), 0) / samples.length
      : Number.POSITIVE_INFINITY,
  )
  const joint = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let sample = 0; sample < labels.length; sample++) {
    let guess = -1
    for (let j = 0; j < classes; j++)
      if (at(sample, j) >= thresholds[j] && (guess < 0 || at(sample, j) > at(sample, guess)))
        guess = j
    if (guess >= 0) joint[labels[sample]][guess]++
  }
  return joint
}

/** Rows scaled to the number of samples so labelled; a row nobody was confident of stays at its label. */
function calibrated(joint: number[][], { members }: Table): number[][] {
  return joint.map((row, i) => {
    const sum = row.reduce((total, n) => total + n, 0)
    if (!sum) return row.map((_, j) => (i === j ? members[i].length : 0))
    return row.map(n => (n * members[i].length) / sum)
  })
}

function prune(
  table: Table,
  given: number,
  likely: number,
  count: number,
  found: Set<number>,
): void {
  if (!count) return
  const { at, members } = table
  const margin = (sample: number) => at(sample, likely) - at(sample, given)
  const ranked = members[given].toSorted((a, b) => margin(b) - margin(a) || a - b)
  for (const sample of ranked.slice(0, count))
    if (likeliest(table, sample) !== given) found.add(sample)
}
