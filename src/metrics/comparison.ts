import { wilsonInterval } from '../base/index.js'
import type { Answers } from './answers.js'
import { type Collector, metric, missing } from './metric.js'

/** How noisy answers differ from the clean ones of the same samples. */
interface Comparison {
  samples: number
  same: number
  divergence: number
}

const comparison: Collector<Comparison> = {
  begin: () => ({ samples: 0, same: 0, divergence: 0 }),
  update(state, answers) {
    const { clean, samples, predictions } = answers
    if (!clean) return
    for (let i = 0; i < samples; i++) {
      state.samples++
      if (predictions[i] === clean.predictions[i]) state.same++
      state.divergence += divergenceOf(answers, clean, i)
    }
  },
}

/** KL(clean || noisy) = sum p (log p - log q), in nats. */
function divergenceOf(noisy: Answers, clean: Answers, i: number): number {
  let sum = 0
  for (let j = i * clean.classes; j < (i + 1) * clean.classes; j++)
    if (clean.probabilities[j] !== 0)
      sum += clean.probabilities[j] * (clean.logProbabilities[j] - noisy.logProbabilities[j])
  return sum
}

const shared = { needs: ['clean'], collector: comparison } as const

export const comparisonMetrics = [
  metric({
    name: 'agreement',
    meaning: 'share of samples whose class is the one answered without noise',
    unit: '1',
    better: 'higher',
    ...shared,
    result: state => state.same / state.samples,
  }),
  metric({
    name: 'agreementInterval',
    meaning: '95 % interval of the agreement',
    unit: '1',
    better: 'higher',
    paper: 'Wilson 1927',
    ...shared,
    result: s => (s.samples ? wilsonInterval(s.same, s.samples) : missing('no samples')),
  }),
  metric({
    name: 'flipRate',
    meaning: 'share of samples whose class differs from the one answered without noise',
    unit: '1',
    better: 'lower',
    ...shared,
    result: state => (state.samples - state.same) / state.samples,
  }),
  metric({
    name: 'meanKl',
    meaning: 'mean divergence KL(clean || noisy) of the predicted distributions',
    unit: 'nats',
    better: 'lower',
    ...shared,
    result: state => state.divergence / state.samples,
  }),
]
