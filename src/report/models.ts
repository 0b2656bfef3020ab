import { basename } from 'node:path'
import { type Headline, headlineOf, type Look, lookOf, noiseName } from '../page/index.js'
import type { Condition, Scorecard } from '../record/index.js'

/** A scorecard with its name and the look it keeps through the page. */
export interface Model extends Look {
  readonly name: string
  readonly card: Scorecard
}

/** Scorecards in which a condition keeps its suite only where another has noise of that name too. */
export function modelsOf(scorecards: readonly Scorecard[]): Model[] {
  const names = scorecards.map(card => card.name ?? basename(card.model.file))
  return scorecards.map((card, i) => ({
    card: withoutPlainSuites(card),
    name: names.indexOf(names[i]) === i ? names[i] : `${names[i]} (${i + 1})`,
    ...lookOf(i, scorecards.length),
  }))
}

function withoutPlainSuites(card: Scorecard): Scorecard {
  const bare = (condition: Condition) => noiseName({ ...condition, suite: undefined })
  const oneSuite = new Map(card.conditions.map(c => [bare(c), c.suite] as const))
  const shared = new Set(card.conditions.filter(c => c.suite !== oneSuite.get(bare(c))).map(bare))
  const conditions = card.conditions.map(condition => {
    const { suite, ...rest } = condition
    return shared.has(bare(condition)) ? condition : rest
  })
  return { ...card, conditions }
}

/** The measure all scorecards hold. */
export function commonHeadline(scorecards: readonly Scorecard[]): Headline {
  return headlineOf(scorecards.map(c => [c.clean, ...c.conditions.map(({ measures }) => measures)]))
}

const means = { accuracy: 'meanAccuracy', rmse: 'meanRmse', agreement: 'meanAgreement' } as const

/** The mean over all noisy conditions. */
export function meanNoisy({ summary, conditions }: Scorecard, headline: Headline) {
  return summary[means[headline.key]] ?? meanOf(conditions.map(c => headline.value(c.measures)))
}

/** The condition with the worst value, the first of equals. */
export function worstOf({ conditions }: Scorecard, headline: Headline): Condition | undefined {
  const loss = ({ measures }: Condition) =>
    headline.value(measures)! * (headline.better === 'higher' ? -1 : 1)
  return conditions
    .filter(condition => headline.value(condition.measures) !== undefined)
    .reduce<Condition | undefined>(
      (worst, c) => (worst && loss(worst) >= loss(c) ? worst : c),
      undefined,
    )
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

/** The conditions of one kind of noise at one place, of one suite, with one clip: one curve a model. */
export interface NoiseGroup {
  readonly first: Condition
  /** Conditions a model, in the order of the models, weakest first. */
  readonly conditions: readonly (readonly Condition[])[]
}

export function noiseGroups(models: readonly Model[]): NoiseGroup[] {
  const keyOf = ({ at, kind, suite, clip, levelName }: Condition) =>
    JSON.stringify([at, kind, suite, clip, levelName])
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
