import { lineChart } from '../../chart/index.js'
import {
  chartHtml,
  html,
  intervalWords,
  legend,
  type Numbering,
  none,
  percent,
  plain,
  type Section,
  serverDocument,
} from '../../page/index.js'
import type { Certified } from './certified-settings.js'

/** The share of samples that are right and certified at a radius, as the radius grows. */
export function certifiedCurve(all: readonly Certified[], numbering: Numbering): Section {
  const svg = lineChart({
    document: serverDocument(),
    width: 520,
    height: 260,
    label: 'Certified accuracy as the radius grows',
    description: all.map(described).join(' '),
    x: { label: 'Radius (L2)', zero: true },
    y: { label: 'Certified accuracy', format: 'percent', domain: [0, 1] },
    lines: all.map(({ certificate, ...line }) => ({ ...line, points: pointsOf(certificate) })),
  })
  const caption = html`Share of samples whose answer is right and certified at the radius or a larger one; the band is its 95% interval over samples.`
  return {
    title: 'Certified accuracy',
    body: html`${legend(all)}${numbering.figure(chartHtml(svg), caption, 'wide')}${table(all, numbering)}`,
  }
}

function pointsOf({ summary }: Certified['certificate']) {
  return summary.certifiedAccuracy.map(({ radius, accuracy, interval }) => {
    const range = intervalWords(interval, percent)
    const title = `radius ${plain(radius)}: ${percent(accuracy)}${range && ` (${range})`}`
    return { x: radius, y: accuracy, low: interval?.[0], high: interval?.[1], title }
  })
}

function described({ name, certificate }: Certified): string {
  const { abstentionRate, acr, certifiedAccuracy } = certificate.summary
  return `${name}: ${percent(certifiedAccuracy[0]?.accuracy)} at radius 0, average certified radius ${plain(acr)}, abstains on ${percent(abstentionRate)}.`
}

/** Rows of the table: every radius where they are few, else about so many evenly spaced. */
const mostRows = 12

function table(all: readonly Certified[], numbering: Numbering) {
  const curves = all.map(({ certificate }) => certificate.summary.certifiedAccuracy)
  const radii = [...new Set(curves.flat().map(({ radius }) => radius))].sort((a, b) => a - b)
  const every = Math.ceil(radii.length / mostRows)
  const cell = (curve: (typeof curves)[number], at: number) => {
    const point = curve.find(({ radius }) => radius === at)
    if (!point) return html`<td>${none}</td>`
    const range = intervalWords(point.interval, percent)
    return html`<td>${percent(point.accuracy)}${range && html`<span class="interval">${range}</span>`}</td>`
  }
  const rows = radii
    .filter((_, i) => i % every === 0)
    .map(
      at =>
        html`<tr><th scope="row">Certified accuracy, radius ${plain(at)}</th>${curves.map(curve => cell(curve, at))}</tr>`,
    )
  const summary = [
    html`<tr><th scope="row">Abstention rate</th>${all.map(({ certificate: c }) => html`<td>${percent(c.summary.abstentionRate)}</td>`)}</tr>`,
    html`<tr><th scope="row">Average certified radius (ACR)</th>${all.map(({ certificate: c }) => html`<td>${plain(c.summary.acr)}</td>`)}</tr>`,
  ]
  const head = html`<tr><th scope="col" class="words">Measure</th>${all.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr>`
  const caption = html`Abstentions, average certified radius (a wrong answer or an abstention counts 0), and certified accuracy with its 95% interval.`
  return numbering.table(caption, head, html`${[...summary, ...rows]}`, 'compact')
}
