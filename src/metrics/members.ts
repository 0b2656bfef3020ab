import { type Collector, metric } from './metric.js'
import { entropyOf } from './tally.js'

/** Sums over samples of how the members of an ensemble differ. */
interface Spread {
  samples: number
  entropy: number
  expectedEntropy: number
  variationRatio: number
}

const spread: Collector<Spread> = {
  begin: () => ({ samples: 0, entropy: 0, expectedEntropy: 0, variationRatio: 0 }),
  update(sum, answers) {
    const { members, samples } = answers
    if (!members) return
    for (let i = 0; i < samples; i++) {
      sum.samples++
      sum.entropy += entropyOf(answers, i)
      sum.expectedEntropy += members.expectedEntropy[i]
      sum.variationRatio += members.variationRatio[i]
    }
  },
}

const shared = { better: 'neither', needs: ['members'], collector: spread } as const
const paper = 'Depeweg et al. 2018; Smith & Gal 2018, Understanding measures of uncertainty'

/** What only an ensemble, or Monte-Carlo passes, can say; the entropy of their mean is `entropy`. */
export const memberMetrics = [
  metric<Spread, never>({
    ...shared,
    name: 'mutualInformation',
    meaning: 'entropy of the mean answer minus the mean entropy: what the members disagree about',
    unit: 'nats',
    paper,
    // I = H(mean p) - mean H(p), which is not below 0 but for rounding.
    result: ({ entropy, expectedEntropy, samples }) =>
      Math.max(0, entropy - expectedEntropy) / samples,
  }),
  metric<Spread, never>({
    ...shared,
    name: 'expectedEntropy',
    meaning: 'mean entropy of the members: what each of them is unsure of',
    unit: 'nats',
    paper,
    result: ({ expectedEntropy, samples }) => expectedEntropy / samples,
  }),
  metric<Spread, never>({
    ...shared,
    name: 'variationRatio',
    meaning: 'share of the members that do not answer the most frequent class',
    unit: '1',
    paper: 'Freeman 1965; Gal 2016, Uncertainty in deep learning',
    result: ({ variationRatio, samples }) => variationRatio / samples,
  }),
]
