import {
  conditionWords,
  count,
  type Headline,
  intervalWords,
  noiseName,
  plain,
  points,
} from '../page/index.js'
/** The verdict: what a reader should take away, in plain words with numbers and their doubt. */
import type { Comparison, Difference } from './input.js'
import { type Model, meanNoisy, meanOf, unfairness, worstOf } from './models.js'

/** A heading of a few words, then one to three sentences. */
export interface Verdict {
  readonly heading: string
  readonly sentences: readonly string[]
}

export function verdictOf(
  models: readonly Model[],
  headline: Headline,
  comparison: Comparison = {},
): Verdict {
  const sentences =
    models.length === 1
      ? [
          single(models[0], headline),
          worstSentence(models, headline),
          sizeSentence(models, headline),
          unfairness(models),
        ]
      : [
          meanSentence(models, headline, comparison),
          cleanSentence(models, headline, comparison),
          worstSentence(models, headline),
          sizeSentence(models, headline),
          unfairness(models),
        ]
  return { heading: heading(models), sentences: sentences.filter(sentence => sentence !== '') }
}

function heading(models: readonly Model[]): string {
  if (models.length === 1) return `${capital(models[0].name)} under noise`
  if (models.length === 2)
    return `${capital(models[1].name)} against ${models[0].name}, under noise`
  return `${models.length} models under noise`
}

/** A capital first letter, unless the name is a file's. */
function capital(name: string): string {
  return name.includes('.') ? name : name[0].toUpperCase() + name.slice(1)
}

/** "is right on 81.0% of samples", "has an RMSE of 0.31" */
function does(headline: Headline, value: string): string {
  if (headline.key === 'rmse') return `has an RMSE of ${value}`
  return headline.key === 'accuracy'
    ? `is right on ${value} of samples`
    : `keeps its clean answer on ${value} of samples`
}

/** "81.0%" and " (95% interval 80.4 to 81.6%)" */
function meanText(model: Model, headline: Headline): [value: string, interval: string] {
  const interval = headline.key === 'accuracy' ? model.card.summary.meanAccuracyInterval : undefined
  const words = intervalWords(interval, headline.format)
  return [headline.format(meanNoisy(model.card, headline)), words && ` (95% interval ${words})`]
}

function cleanText(model: Model, headline: Headline): string {
  const interval = intervalWords(headline.interval(model.card.clean), headline.format)
  return headline.format(headline.value(model.card.clean)) + (interval && ` (${interval})`)
}

function single(model: Model, headline: Headline): string {
  const mean = meanNoisy(model.card, headline)
  const clean = headline.value(model.card.clean)
  if (mean === undefined)
    return `No noisy condition was measured; clean: ${cleanText(model, headline)}.`
  const [value, interval] = meanText(model, headline)
  const start = `Under noise, ${model.name} ${does(headline, value)} on average${interval}`
  if (clean === undefined) return `${start}.`
  return `${start}, ${gap(clean - mean, headline)} its ${cleanText(model, headline)} on clean samples.`
}

/** "23.9 points below", "0.31 above" */
function gap(difference: number, headline: Headline): string {
  const size = sizeWords(Math.abs(difference), headline)
  if (Number.parseFloat(size) === 0) return 'the same as'
  return `${size} ${difference > 0 ? 'below' : 'above'}`
}

function sizeWords(size: number, headline: Headline): string {
  return headline.axis === 'percent' ? `${points(size).replace('+', '')} points` : plain(size)
}

function meanSentence(
  models: readonly Model[],
  headline: Headline,
  { mean: paired }: Comparison,
): string {
  const [baseline, best] = [models[0], bestOf(models, headline)]
  const values = [best, baseline].map(model => meanNoisy(model.card, headline))
  if (values[0] === undefined || values[1] === undefined) return 'No noisy condition was measured.'
  const [bestValue, bestInterval] = meanText(best, headline)
  const [value, interval] = meanText(baseline, headline)
  if (best === baseline)
    return `Under noise, none does better than ${baseline.name}, which ${does(headline, value)} on average${interval}.`
  const words = change(values[0] - values[1], headline)
  return `Under noise, ${best.name} ${does(headline, bestValue)} on average${bestInterval}, ${baseline.name} ${headline.key === 'rmse' ? 'of' : 'on'} ${value}${interval.replace('95% interval ', '')}: ${words}${pairedWords(paired, headline)}.`
}

function bestOf(models: readonly Model[], headline: Headline): Model {
  const score = (model: Model) =>
    (meanNoisy(model.card, headline) ?? Number.NaN) * (headline.better === 'higher' ? 1 : -1)
  return models.reduce((best, model) => (score(model) > score(best) ? model : best))
}

/** "23.9 points more", "0.4 points less" */
function change(difference: number, headline: Headline): string {
  const size = sizeWords(Math.abs(difference), headline)
  if (Number.parseFloat(size) === 0) return 'no difference'
  return `${size} ${difference > 0 ? 'more' : 'less'}`
}

function pairedWords(difference: Difference | undefined, headline: Headline): string {
  if (!difference) return ''
  const [low, high] = difference.interval.map(end =>
    headline.axis === 'percent' ? points(end) : plain(end),
  )
  return ` (${low} to ${high}, measured on the same samples)`
}

function cleanSentence(
  models: readonly Model[],
  headline: Headline,
  { clean: paired }: Comparison,
): string {
  const [baseline, best] = [models[0], bestOf(models, headline)]
  const other = best === baseline ? models[1] : best
  const values = [other, baseline].map(model => headline.value(model.card.clean))
  if (values[0] === undefined || values[1] === undefined) return ''
  const words = change(values[0] - values[1], headline)
  const verdict = words === 'no difference' ? 'the two are level' : words
  return `On clean samples ${other.name} reaches ${cleanText(other, headline)} and ${baseline.name} ${cleanText(baseline, headline)}: ${verdict}${pairedWords(paired, headline)}.`
}

function worstSentence(models: readonly Model[], headline: Headline): string {
  const model = models.length === 1 ? models[0] : bestOf(models, headline)
  const worst = worstOf(model.card, headline)
  if (!worst || model.card.conditions.length < 2) return ''
  const value = headline.format(headline.value(worst.measures))
  return `The worst case for ${model.name} is ${noiseName(worst)}, ${conditionWords(worst)}: ${value}.`
}

/** Says how coarse the test is when an interval of clean accuracy is wider than 4 points. */
function sizeSentence(models: readonly Model[], headline: Headline): string {
  if (headline.axis !== 'percent') return ''
  const widths = models.map(({ card }) => {
    const interval = headline.interval(card.clean)
    return interval && interval[1] - interval[0]
  })
  const width = meanOf(widths)
  if (width === undefined || width <= 0.04) return ''
  const samples = Math.min(...models.map(({ card }) => card.data.samples))
  return `With ${count(samples)} samples, an accuracy is known to about ±${points(width / 2).replace('+', '')} points only.`
}
