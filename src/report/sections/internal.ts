import { type Bar, barChart } from '../../chart/index.js'
import {
  chartHtml,
  type Html,
  html,
  type Numbering,
  percent,
  plain,
  points,
  type Section,
  serverDocument,
} from '../../page/index.js'
import type { Scorecard } from '../../record/index.js'
import type { Model } from '../models.js'

const most = 20

type Internal = NonNullable<Scorecard['internal']>

/** What noise on the weights does: the level a model takes, its sharpness, its sensitive layers. */
export function internalSection(
  models: readonly Model[],
  numbering: Numbering,
): Section | undefined {
  const found = models.filter(({ card }) => card.internal)
  if (!found.length) return undefined
  const rows = found.flatMap(model => factRows(model))
  const table = rows.length
    ? numbering.table(
        html`What noise on the weights does: the level that costs the drop asked about, and how the loss rises; in brackets the least and the greatest of the draws.`,
        html`<tr><th scope="col" class="words">Model</th><th scope="col" class="words">Noise on weights</th><th scope="col">Found</th><th scope="col">Draws</th></tr>`,
        rows,
      )
    : undefined
  const figures = found.flatMap(model =>
    model.card.internal!.sensitivity
      ? [rankingFigure(model, model.card.internal!.sensitivity, numbering)]
      : [],
  )
  return {
    title: 'Noise inside the model',
    body: html`${table}<div class="figures">${figures}</div>`,
  }
}

function factRows({ name, card }: Model): Html[] {
  const { tolerance = [], sharpness = [] } = card.internal!
  return [
    ...tolerance.map(
      t =>
        html`<tr><td class="words">${name}</td><td class="words">${t.kind.replaceAll('_', ' ')}, the level (${t.levelName}) that costs ${percent(t.budget)}</td><td>${levelOf(t, t.level)} (${levelOf(t, t.interval[0])} to ${levelOf(t, t.interval[1])})</td><td>${t.draws}</td></tr>`,
    ),
    ...sharpness.map(
      s =>
        html`<tr><td class="words">${name}</td><td class="words">random step of ${percent(s.rho)} of each tensor's norm, rise of the loss</td><td>${plain(s.lossRise)} (${plain(s.interval[0])} to ${plain(s.interval[1])})</td><td>${s.draws}</td></tr>`,
    ),
  ]
}

const levelOf = (t: NonNullable<Internal['tolerance']>[number], level: number | null) =>
  level === null ? `beyond ${plain(t.strongest)}` : plain(level)

function rankingFigure(
  { name, color }: Model,
  { tensors, level, draws }: NonNullable<Internal['sensitivity']>,
  numbering: Numbering,
): Html {
  const shown = tensors.slice(0, most)
  const bars = shown.map(
    ({ name: group, drop, dropInterval, usedBy }): Bar => ({
      ...{ group, name, color, value: drop },
      ...(dropInterval && { low: dropInterval[0], high: dropInterval[1] }),
      title: `${group} (${usedBy}): ${points(drop)} points`,
    }),
  )
  const longest = Math.max(...shown.map(t => t.name.length))
  const svg = barChart({
    document: serverDocument(),
    label: `Drop of ${name} by noised tensor`,
    description: shown.map(t => `${t.name}: ${points(t.drop)} points.`).join(' '),
    x: { label: 'Drop', format: 'percent' },
    labelWidth: Math.min(260, 24 + 6.2 * longest),
    bars,
  })
  const left = tensors.length > most ? ` The ${most} most sensitive of ${tensors.length}.` : ''
  return numbering.figure(
    chartHtml(svg),
    html`Drop of ${name} when one weight tensor alone has Gaussian noise of ${percent(level)} of its largest weight, the mean of ${draws} draws, the most sensitive first.${left}`,
  )
}
