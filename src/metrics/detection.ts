import type { Answers } from './answers.js'
import { type Collector, type MetricValue, metric, missing, type Need } from './metric.js'
import { Store } from './store.js'
import { entropyOf } from './tally.js'

/** One uncertainty of the clean and of the noisy answers; noisy is the positive class. */
interface Scores {
  readonly clean: Store
  readonly noisy: Store
}

type Score = (answers: Answers, sample: number) => number

/** The value of the class answered, which is the largest; none for a row without numbers. */
const atTop = (values: Float64Array, { classes, predictions }: Answers, i: number) =>
  predictions[i] < 0 ? Number.NaN : values[i * classes + predictions[i]]

/** Uncertainties: higher means less sure. */
const criteria: { name: string; says: string; needs: Need[]; score: Score }[] = [
  {
    name: '',
    says: 'the highest probability',
    needs: ['clean'],
    score: (a, i) => -atTop(a.probabilities, a, i),
  },
  {
    name: 'MaxLogit',
    says: 'the highest logit',
    needs: ['clean', 'logits'],
    score: (a, i) => -atTop(a.logits as Float64Array, a, i),
  },
  {
    name: 'Energy',
    says: 'the energy, -log sum exp of the logits',
    needs: ['clean', 'logits'],
    // -log sum exp z = log p_j - z_j for any class j.
    score: (a, i) => {
      const top = i * a.classes + Math.max(0, a.predictions[i])
      return a.logProbabilities[top] - (a.logits as Float64Array)[top]
    },
  },
  { name: 'Entropy', says: 'the entropy', needs: ['clean'], score: entropyOf },
]

function scores(score: Score, needs: readonly Need[]): Collector<Scores> {
  return {
    begin: () => ({ clean: new Store(), noisy: new Store() }),
    update(state, answers) {
      const { clean, logits } = answers
      if (!clean || (needs.includes('logits') && !(logits && clean.logits))) return
      for (let i = 0; i < answers.samples; i++) {
        state.noisy.push(score(answers, i))
        state.clean.push(score(clean, i))
      }
    },
  }
}

/** Told, for one threshold, how many clean and noisy scores lie at or above it. */
type Visit = (clean: number, noisy: number) => void

/** Every distinct score as a threshold, from the highest down: none is kept, there may be millions. */
function eachCut(c: Float64Array, n: Float64Array, visit: Visit): void {
  let [i, j] = [c.length, n.length]
  while (i > 0 || j > 0) {
    const score = Math.max(
      i ? c[i - 1] : Number.NEGATIVE_INFINITY,
      j ? n[j - 1] : Number.NEGATIVE_INFINITY,
    )
    while (i > 0 && c[i - 1] === score) i--
    while (j > 0 && n[j - 1] === score) j--
    visit(c.length - i, n.length - j)
  }
}

const detected =
  (result: (each: (visit: Visit) => void, clean: number, noisy: number) => number) =>
  (state: Scores): MetricValue => {
    if (state.noisy.length === 0 || state.clean.length === 0)
      return missing('no clean answers to compare with')
    const [clean, noisy] = [state.clean.sorted(), state.noisy.sorted()]
    // NaN is sorted to the end.
    if (Number.isNaN(clean.at(-1)) || Number.isNaN(noisy.at(-1))) return Number.NaN
    return result(visit => eachCut(clean, noisy, visit), clean.length, noisy.length)
  }

/** The share of (noisy, clean) pairs in which the noisy one is less sure, equals counting half. */
const auroc = detected((each, clean, noisy) => {
  let [area, flagged, recalled] = [0, 0, 0]
  each((c, n) => {
    area += ((c - flagged) * (n + recalled)) / 2
    flagged = c
    recalled = n
  })
  return area / clean / noisy
})

/** Average precision: the sum over thresholds of the recall won times the precision there. */
const aupr = detected((each, _clean, noisy) => {
  let [area, recalled] = [0, 0]
  each((c, n) => {
    area += ((n - recalled) / noisy) * (n / (n + c))
    recalled = n
  })
  return area
})

/** The share of clean samples flagged when at least 95 % of the noisy ones are. */
const fpr95 = detected((each, clean, noisy) => {
  let flagged: number | undefined
  each((c, n) => {
    if (n >= 0.95 * noisy) flagged ??= c
  })
  return flagged! / clean
})

/** How well a model's uncertainties tell other data from what it knows; higher is the other. */
export class OutlierMeter {
  private readonly states = criteria.map(() => ({ clean: new Store(), noisy: new Store() }))

  /** Answers to what the model knows. */
  addInside(answers: Answers): void {
    this.add(answers, 'clean')
  }

  /** Answers to what it does not know. */
  addOutside(answers: Answers): void {
    this.add(answers, 'noisy')
  }

  private add(answers: Answers, side: keyof Scores): void {
    for (const [at, { needs, score }] of criteria.entries())
      if (answers.logits || !needs.includes('logits'))
        for (let i = 0; i < answers.samples; i++) this.states[at][side].push(score(answers, i))
  }

  /** `auroc`, `aupr`, `fpr95` and the same of the other uncertainties; only what has a value. */
  result(): Record<string, number> {
    const rows = criteria.flatMap(({ name }, at) => [
      [`auroc${name}`, auroc(this.states[at])],
      [`aupr${name}`, aupr(this.states[at])],
      [`fpr95${name}`, fpr95(this.states[at])],
    ])
    return Object.fromEntries(rows.filter(([, value]) => Number.isFinite(value)))
  }
}

export const detectionMetrics = criteria.flatMap(({ name, says, needs, score }) => {
  const shared = { unit: '1', needs, collector: scores(score, needs) } as const
  return [
    metric({
      name: `auroc${name}`,
      meaning: `telling noisy samples from clean ones by ${says}: area under the ROC curve`,
      better: 'higher',
      paper: 'Hendrycks and Gimpel 2017',
      ...shared,
      result: auroc,
    }),
    metric({
      name: `aupr${name}`,
      meaning: `telling noisy samples from clean ones by ${says}: average precision`,
      better: 'higher',
      ...shared,
      result: aupr,
    }),
    metric({
      name: `fpr95${name}`,
      meaning: `share of clean samples flagged when 95 % of noisy ones are, by ${says}`,
      better: 'lower',
      ...shared,
      result: fpr95,
    }),
  ]
})
