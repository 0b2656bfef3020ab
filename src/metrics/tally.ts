import { wilsonInterval } from '../base/index.js'
import type { Answers } from './answers.js'
import { type Collector, metric, missing } from './metric.js'

/** Sums over samples: correct answers, losses, entropies. */
interface Tally {
  samples: number
  labelled: number
  correct: number
  correctTop5: number
  nll: number
  brier: number
  entropy: number
  classes: number
}

const tally: Collector<Tally> = {
  begin: classes => ({
    samples: 0,
    labelled: 0,
    correct: 0,
    correctTop5: 0,
    nll: 0,
    brier: 0,
    entropy: 0,
    classes,
  }),

  update(sum, answers) {
    for (let i = 0; i < answers.samples; i++) {
      sum.samples++
      sum.entropy += entropyOf(answers, i)
      if (answers.labels) addLabelled(sum, answers, i, answers.labels[i])
    }
  },
}

function addLabelled(sum: Tally, answers: Answers, i: number, label: number): void {
  sum.labelled++
  if (answers.predictions[i] === label) sum.correct++
  if (answers.predictions[i] >= 0 && rankOf(answers, i, label) < 5) sum.correctTop5++
  sum.nll -= answers.logProbabilities[i * answers.classes + label]
  sum.brier += brierOf(answers, i, label)
}

/** -sum p log p, in nats. */
export function entropyOf({ classes, probabilities, logProbabilities }: Answers, i: number) {
  let entropy = 0
  for (let j = i * classes; j < (i + 1) * classes; j++)
    if (probabilities[j] !== 0) entropy -= probabilities[j] * logProbabilities[j]
  return entropy
}

/** sum over classes of (p - y)^2, y being 1 for the label and 0 elsewhere. */
function brierOf({ classes, probabilities }: Answers, i: number, label: number): number {
  let brier = 0
  for (let j = 0; j < classes; j++)
    brier += (probabilities[i * classes + j] - (j === label ? 1 : 0)) ** 2
  return brier
}

/** How many classes stand before the label's: higher, or equal and earlier. */
function rankOf({ classes, logits, probabilities }: Answers, i: number, label: number): number {
  const scores = logits ?? probabilities
  const own = scores[i * classes + label]
  let rank = 0
  for (let j = 0; j < classes; j++) {
    const other = scores[i * classes + j]
    if (other > own || (other === own && j < label)) rank++
  }
  return rank
}

const labels = ['labels'] as const

export const tallyMetrics = [
  metric({
    name: 'accuracy',
    meaning: 'share of samples whose most probable class is the label',
    unit: '1',
    better: 'higher',
    needs: labels,
    collector: tally,
    result: s => s.correct / s.labelled,
  }),
  metric({
    name: 'accuracyInterval',
    meaning: '95 % interval of the accuracy',
    unit: '1',
    better: 'higher',
    needs: labels,
    paper: 'Wilson 1927',
    collector: tally,
    result: s => (s.labelled ? wilsonInterval(s.correct, s.labelled) : missing('no samples')),
  }),
  metric({
    name: 'top5Accuracy',
    meaning: 'share of samples whose label is among the five most probable classes',
    unit: '1',
    better: 'higher',
    needs: labels,
    collector: tally,
    result: s => (s.classes > 5 ? s.correctTop5 / s.labelled : missing('five classes or fewer')),
  }),
  metric({
    name: 'loss',
    meaning: 'mean cross-entropy with the labels',
    unit: 'nats',
    better: 'lower',
    needs: labels,
    collector: tally,
    result: s => s.nll / s.labelled,
  }),
  metric({
    name: 'nll',
    meaning: "mean negative log-likelihood, -log p of the label's class",
    unit: 'nats',
    better: 'lower',
    needs: labels,
    collector: tally,
    result: s => s.nll / s.labelled,
  }),
  metric({
    name: 'brier',
    meaning: 'mean over samples of the sum over classes of (p - y)^2, from 0 to 2',
    unit: '1',
    better: 'lower',
    needs: labels,
    paper: 'Brier 1950',
    collector: tally,
    result: s => s.brier / s.labelled,
  }),
  metric({
    name: 'entropy',
    meaning: 'mean entropy of the predicted distribution',
    unit: 'nats',
    better: 'neither',
    needs: [],
    collector: tally,
    result: s => s.entropy / s.samples,
  }),
]
