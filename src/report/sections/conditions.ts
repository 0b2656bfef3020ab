import { type HeatCell, heatMap } from '../../chart/index.js'
import {
  chartHtml,
  clipWords,
  type Headline,
  type Html,
  html,
  intervalWords,
  levelWords,
  type Numbering,
  noiseName,
  none,
  percent,
  plain,
  points,
  type Section,
  serverDocument,
  swatch,
} from '../../page/index.js'
import type { Condition } from '../../record/index.js'
import { conditionKey, type Model, noiseGroups } from '../models.js'

/** Every condition: as a heat map where there are many kinds, and as a table always. */
export function conditionsSection(
  models: readonly Model[],
  headline: Headline,
  numbering: Numbering,
): Section | undefined {
  const placeOf = (c: Condition) => groupName(c) + conditionKey(c)
  const conditions = [
    ...new Map(models.flatMap(({ card }) => card.conditions.map(c => [placeOf(c), c]))).values(),
  ]
  if (conditions.length === 0) return undefined
  const groups = noiseGroups(models).length
  return {
    title: 'Every condition',
    body: html`${groups >= 3 && html`<div class="figures">${models.map(model => heatFigure(model, headline, numbering))}</div>`}${conditionsTable(conditions, models, headline, numbering)}`,
  }
}

function heatFigure(model: Model, headline: Headline, numbering: Numbering): Html {
  const clean = headline.value(model.card.clean)
  const cells = model.card.conditions.flatMap((condition): HeatCell[] => {
    const value = headline.value(condition.measures)
    if (value === undefined || condition.severity === null) return []
    const lost = clean === undefined ? 0 : Math.abs(clean - value) / Math.max(1e-9, clean)
    return [
      {
        row: rowName(condition),
        column: String(condition.severity),
        heat: lost,
        text: headline.axis === 'percent' ? (value * 100).toFixed(0) : plain(value),
        title: `${noiseName(condition)}, ${levelWords(condition)}: ${headline.format(value)}`,
      },
    ]
  })
  const svg = heatMap({
    document: serverDocument(),
    label: `${headline.label} of ${model.name} by kind of noise and severity`,
    description: `Every value stands in the table of conditions.`,
    columnLabel: 'Severity',
    color: 'var(--heat)',
    cells,
  })
  const unit = headline.axis === 'percent' ? ' in percent' : ''
  return numbering.figure(
    chartHtml(svg),
    html`${headline.label}${unit} of ${model.name}, by kind and severity; the stronger the colour, the more of its clean value (${headline.format(clean)}) is lost. Levels and clipping stand in the table below.`,
  )
}

function rowName({ at, kind, suite }: Condition): string {
  const name = kind.replaceAll('_', ' ')
  const notes = [...(at === 'input' ? [] : [at]), ...(suite === undefined ? [] : [suite])]
  return notes.length ? `${name} (${notes.join(', ')})` : name
}

/** "gaussian noise on inputs; values clipped to [0, 1]" */
function groupName(condition: Condition): string {
  const clip = clipWords(condition)
  return noiseName(condition) + (clip && `; values ${clip}`)
}

function conditionsTable(
  conditions: readonly Condition[],
  models: readonly Model[],
  headline: Headline,
  numbering: Numbering,
): Html {
  const several = models.length > 1
  const head = html`<tr><th scope="col" class="words">Level</th>${several && html`<th scope="col" class="words">Model</th>`}<th scope="col">${headline.label}</th><th scope="col">Interval</th><th scope="col">Drop</th><th scope="col">Answers changed</th><th scope="col">ECE</th><th scope="col">Trained on</th></tr>`
  const names = [...new Set(conditions.map(groupName))]
  const bodies = names.map(name => {
    const members = conditions.filter(condition => groupName(condition) === name)
    const rows = members.map(condition =>
      models.map((model, i) => {
        const own = model.card.conditions.find(c => conditionKey(c) === conditionKey(condition))
        return conditionRow(condition, own, model, headline, { several, first: i === 0 })
      }),
    )
    return html`<tr class="group"><th scope="rowgroup" colspan="${several ? 8 : 7}">${name}</th></tr>${rows}`
  })
  const share = headline.axis === 'percent'
  const caption = html`Every noisy condition, with 95% intervals. Drop is ${headline.better === 'higher' ? 'clean minus noisy' : 'noisy minus clean'}${share ? ', in points' : ''}.`
  return numbering.table(caption, head, bodies)
}

function conditionRow(
  condition: Condition,
  own: Condition | undefined,
  model: Model,
  headline: Headline,
  { several, first }: { readonly several: boolean; readonly first: boolean },
): Html {
  const level = levelWords(condition)
  const what = html`<th scope="row">${first ? level : html`<span class="unseen">${level}</span>`}</th>`
  const name =
    several && html`<td class="words"><span class="model">${swatch(model)}${model.name}</span></td>`
  const rowClass = first ? '' : 'more'
  if (!own)
    return html`<tr class="${rowClass}">${what}${name}<td>${none}</td><td></td><td></td><td></td><td></td><td></td></tr>`
  const { measures, drop, flipRate, seen } = own
  const dropText = headline.axis === 'percent' ? points(drop).replace('+', '') : plain(drop)
  return html`<tr class="${rowClass}">${what}${name}<td>${headline.format(headline.value(measures))}</td><td class="inline">${intervalWords(headline.interval(measures), headline.format) || none}</td><td>${dropText}</td><td>${percent(flipRate)}</td><td>${percent(measures.ece)}</td><td>${seen ? 'yes' : 'no'}</td></tr>`
}
