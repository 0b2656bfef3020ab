import { basename } from 'node:path'
import type { Condition, Measures, Scorecard } from '../record/index.js'
import { percent, plain } from './words.js'

/** A scorecard with its name and the look it keeps through the page. */
export interface Model {
  readonly name: string
  readonly card: Scorecard
  readonly color: string
  readonly dash?: string
}

/** The baseline is brown and dashed, what is compared with it solid and blue, then other pairs. */
const looks = [
  { color: 'var(--series-1)', dash: '5 3' },
  { color: 'var(--series-2)' },
  { color: 'var(--series-3)', dash: '2 2' },
  { color: 'var(--series-4)', dash: '8 3 2 3' },
  { color: 'var(--series-5)', dash: '1 3' },
  { color: 'var(--series-6)', dash: '10 4' },
] as const

export function modelsOf(scorecards: readonly Scorecard[]): Model[] {
  const names = scorecards.map(card => card.name ?? basename(card.model.file))
  return scorecards.map((card, i) => ({
    card,
    name: names.indexOf(names[i]) === i ? names[i] : `${names[i]} (${i + 1})`,
    ...looks[scorecards.length === 1 ? 1 : i % looks.length],
  }))
}

/** The measure a page is about: accuracy where there are labels, RMSE for regression, else agreement. */
export interface Headline {
  readonly key: 'accuracy' | 'rmse' | 'agreement'
  /** As a column or axis says it. */
  readonly label: string
  readonly format: (value: number | null | undefined) => string
  readonly axis: 'percent' | 'number'
  readonly better: 'higher' | 'lower'
  value(measures: Measures): number | undefined
  interval(measures: Measures): readonly [number, number] | undefined
  mean(card: Scorecard): number | undefined
  worst(card: Scorecard): Condition | undefined
}

const headlines = {
  accuracy: { label: 'Accuracy', format: percent, axis: 'percent', better: 'higher' },
  rmse: { label: 'RMSE', format: plain, axis: 'number', better: 'lower' },
  agreement: {
    label: 'Agreement with the clean answer',
    format: percent,
    axis: 'percent',
    better: 'higher',
  },
} as const

const means = { accuracy: 'meanAccuracy', rmse: 'meanRmse', agreement: 'meanAgreement' } as const

export function headlineOf(scorecards: readonly Scorecard[]): Headline {
  const has = (key: keyof typeof headlines) =>
    scorecards.every(
      card =>
        card.clean[key] !== undefined || card.conditions.some(c => c.measures[key] !== undefined),
    )
  const key = has('accuracy') ? 'accuracy' : has('rmse') ? 'rmse' : 'agreement'
  const value = (measures: Measures) => measures[key]
  const { better } = headlines[key]
  const worse = (a: number, b: number) => (better === 'higher' ? a < b : a > b)
  return {
    key,
    ...headlines[key],
    value,
    interval: measures => measures[`${key}Interval`],
    mean: card => card.summary[means[key]] ?? meanOf(card.conditions.map(c => value(c.measures))),
    worst: card =>
      card.conditions
        .filter(condition => value(condition.measures) !== undefined)
        .reduce<Condition | undefined>(
          (worst, c) => (worst && !worse(value(c.measures)!, value(worst.measures)!) ? worst : c),
          undefined,
        ),
  }
}

export function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter(value => value !== undefined)
  return known.length ? known.reduce((a, b) => a + b, 0) / known.length : undefined
}

/** What makes a condition of one scorecard the same as one of another. */
export function conditionKey({ at, kind, severity, level, clip }: Condition): string {
  return JSON.stringify([at, kind, severity, level, clip])
}

/** Why the means of the models do not compare, in words; empty where they do. */
export function unfairness(models: readonly Model[]): string {
  const differ = (facts: (card: Scorecard) => unknown) =>
    new Set(models.map(({ card }) => JSON.stringify(facts(card)))).size > 1
  if (differ(card => card.conditions.map(conditionKey).sort()))
    return 'The models were not measured under the same conditions, so their means do not compare.'
  if (differ(card => [card.data.source, card.data.samples, card.data.sha256]))
    return 'The models were not measured on the same samples, so differences between them say less than they seem to.'
  if (differ(card => card.seed))
    return 'The models were measured with different seeds, so they met different draws of the noise.'
  return ''
}

/** The conditions of one kind of noise at one place with one clip: one curve a model. */
export interface NoiseGroup {
  readonly first: Condition
  /** Conditions a model, in the order of the models, weakest first. */
  readonly conditions: readonly (readonly Condition[])[]
}

export function noiseGroups(models: readonly Model[]): NoiseGroup[] {
  const keyOf = ({ at, kind, clip, levelName }: Condition) =>
    JSON.stringify([at, kind, clip, levelName])
  const all = models.flatMap(({ card }) => card.conditions)
  const firsts = new Map(all.map(c => [keyOf(c), c] as const).reverse())
  return [...new Set(all.map(keyOf))].map(key => ({
    first: firsts.get(key)!,
    conditions: models.map(({ card }) =>
      card.conditions
        .filter(c => keyOf(c) === key)
        .sort((a, b) => (a.severity ?? 0) - (b.severity ?? 0)),
    ),
  }))
}
