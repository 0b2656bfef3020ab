import {
  conditionWords,
  type Headline,
  type Html,
  html,
  intervalWords,
  type Numbering,
  noiseName,
  none,
  percent,
  plain,
  points,
  type Section,
  swatch,
} from '../../page/index.js'
import { conditionKey, type Model, meanNoisy, meanOf, worstOf } from '../models.js'

interface Row {
  readonly name: string
  readonly hint?: string
  readonly better: 'higher' | 'lower'
  readonly value: (model: Model) => number | undefined
  readonly interval?: (model: Model) => readonly [number, number] | undefined
  readonly note?: (model: Model) => string
  readonly format?: (value: number | null | undefined) => string
  readonly difference?: (value: number | undefined) => string
}

/** The few numbers that matter, side by side. */
export function summarySection(
  models: readonly Model[],
  headline: Headline,
  numbering: Numbering,
): Section {
  const rows = rowsOf(headline, models).filter(row =>
    models.some(model => row.value(model) !== undefined),
  )
  const compared = models.length > 1
  const head = html`<tr><th scope="col" class="words">Measure</th>${models.map(
    model =>
      html`<th scope="col"><span class="model">${compared && swatch(model)}${model.name}</span></th>`,
  )}${models.length === 2 && html`<th scope="col">Change</th>`}</tr>`
  const caption = html`${compared ? 'The same measures of every model' : 'The measures that matter'}; 95% intervals below each figure where there is one. Up or down in the first column says which way is better.`
  const body = html`${rows.map(row => rowHtml(row, models))}`
  return {
    title: compared ? 'Side by side' : 'In short',
    body: numbering.table(caption, head, body, compared ? '' : 'compact'),
  }
}

function rowHtml(row: Row, models: readonly Model[]): Html {
  const { name, better, value, interval, note, format = percent, difference = points } = row
  const arrow = better === 'higher' ? '↑' : '↓'
  const cells = models.map(model => {
    const range = interval && intervalWords(interval(model), format)
    const words = note?.(model)
    return html`<td>${format(value(model))}${range && html`<span class="interval">${range}</span>`}${words && html`<span class="interval explained">${words}</span>`}</td>`
  })
  return html`<tr><th scope="row">${name} <span class="inline" aria-hidden="true">${arrow}</span><span class="unseen">, ${better} is better</span></th>${cells}${
    models.length === 2 && differenceCell(value(models[0]), value(models[1]), better, difference)
  }</tr>`
}

function differenceCell(
  before: number | undefined,
  after: number | undefined,
  better: Row['better'],
  format: (value: number | undefined) => string,
): Html {
  if (before === undefined || after === undefined) return html`<td>${none}</td>`
  const difference = after - before
  const text = format(difference)
  const gained = better === 'higher' ? difference > 0 : difference < 0
  const zero = Number.parseFloat(text.replace('−', '-')) === 0
  return html`<td class="${zero ? '' : gained ? 'good' : 'bad'}">${text}<span class="unseen">${zero ? '' : gained ? ', better' : ', worse'}</span></td>`
}

function rowsOf(headline: Headline, models: readonly Model[]): Row[] {
  const trained = new Set(
    models.flatMap(({ card }) => card.conditions.filter(c => c.seen).map(conditionKey)),
  )
  const share = headline.axis === 'percent'
  const numbers = share ? {} : { format: plain, difference: signedPlain }
  const { label, better } = headline
  return [
    {
      name: `${label}, clean`,
      better,
      value: ({ card }) => headline.value(card.clean),
      interval: ({ card }) => headline.interval(card.clean),
      ...numbers,
    },
    {
      name: `${label}, mean over all noise`,
      better,
      value: ({ card }) => meanNoisy(card, headline),
      interval: ({ card }) =>
        headline.key === 'accuracy' ? card.summary.meanAccuracyInterval : undefined,
      ...numbers,
    },
    {
      name: `${label}, mean over noise ${models.length > 1 ? 'no model' : 'not'} trained on`,
      better,
      value: ({ card }) =>
        trained.size === 0
          ? undefined
          : meanOf(
              card.conditions
                .filter(condition => !trained.has(conditionKey(condition)))
                .map(condition => headline.value(condition.measures)),
            ),
      ...numbers,
    },
    {
      name: `${label}, worst case`,
      better,
      value: ({ card }) => {
        const worst = worstOf(card, headline)
        return worst && headline.value(worst.measures)
      },
      note: ({ card }) => {
        const worst = worstOf(card, headline)
        return worst ? `${noiseName(worst)}, ${conditionWords(worst)}` : ''
      },
      ...numbers,
    },
    {
      name: 'Mean drop from clean',
      better: 'lower',
      value: ({ card }) => card.summary.meanDrop ?? meanOf(card.conditions.map(c => c.drop)),
      interval: ({ card }) => card.summary.meanDropInterval,
      format: share ? pointsLost : plain,
      difference: share ? points : signedPlain,
    },
    {
      name: 'Answers changed by noise, mean',
      better: 'lower',
      value: ({ card }) => meanOf(card.conditions.map(c => c.flipRate)),
    },
    {
      name: 'Calibration error (ECE), clean',
      better: 'lower',
      value: ({ card }) => card.clean.ece,
      interval: ({ card }) => card.clean.eceInterval,
    },
    {
      name: 'Calibration error (ECE), mean over all noise',
      better: 'lower',
      value: ({ card }) => card.summary.meanEce ?? meanOf(card.conditions.map(c => c.measures.ece)),
    },
    {
      name: 'Mean corruption error (mCE)',
      better: 'lower',
      value: ({ card }) => card.summary.meanCorruptionError,
    },
  ]
}

/** A drop in points, without a plus sign. */
function pointsLost(drop: number | null | undefined): string {
  return points(drop).replace('+', '')
}

function signedPlain(value: number | undefined): string {
  const text = plain(value)
  return value !== undefined && value > 0 ? `+${text}` : text
}
