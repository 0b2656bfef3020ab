import {
  type Html,
  html,
  legend,
  type Numbering,
  type Picture,
  percent,
  pngDataUrl,
  type Section,
  type Sound,
  swatch,
  wavDataUrl,
  wavePath,
} from '../../page/index.js'
import type { Prediction, SampleCell, SampleStrip } from '../input.js'
import type { Model } from '../models.js'

/** The same images or sounds at growing strength, with every model's answer to each. */
export function samplesSection(
  strip: SampleStrip | undefined,
  models: readonly Model[],
  numbering: Numbering,
): Section | undefined {
  if (!strip || strip.rows.length === 0) return undefined
  const head = html`<tr><th scope="col">True class</th>${strip.columns.map(name => html`<th scope="col">${name}</th>`)}</tr>`
  const body = html`${strip.rows.map(
    row =>
      html`<tr><th scope="row">${row.label}</th>${row.cells.map((cell, i) => cellHtml(cell, models, `${row.label}, ${strip.columns[i]}`))}</tr>`,
  )}`
  const caption = html`The same samples at each strength of ${strip.noise}, as the networks meet them, and what each network answers with its confidence; ✓ is right, ✗ is wrong.`
  return {
    title: 'What the networks meet, and say',
    body: html`${legend(models)}${numbering.table(caption, head, body, 'strip')}`,
  }
}

function cellHtml(cell: SampleCell, models: readonly Model[], description: string): Html {
  return html`<td>${cell.image && imageHtml(cell.image, description)}${cell.sound && soundHtml(cell.sound, description)}${cell.predictions.map(prediction => answerHtml(prediction, models))}</td>`
}

function imageHtml(image: Picture, description: string): Html {
  return html`<img src="${pngDataUrl(image)}" alt="${description}">`
}

function soundHtml(sound: Sound, description: string): Html {
  return html`<svg class="wave" viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label="Waveform: ${description}"><path d="${wavePath(sound)}" stroke="currentColor" fill="none"/></svg><audio controls preload="none" src="${wavDataUrl(sound)}" aria-label="${description}"></audio>`
}

function answerHtml(
  { model, label, confidence, correct }: Prediction,
  models: readonly Model[],
): Html {
  const known = models.find(({ name }) => name === model)
  const mark = correct === undefined ? '' : correct ? '✓' : '✗'
  const sure = confidence === undefined ? '' : ` ${percent(confidence).replace(/\.\d%$/, '%')}`
  return html`<span class="answer" title="${model}">${known && models.length > 1 && swatch(known)}<span class="unseen">${model}: </span>${label} <span class="${correct === undefined ? '' : correct ? 'good' : 'bad'}">${mark}</span><span class="unseen">${correct === undefined ? '' : correct ? 'right' : 'wrong'}</span><span class="inline">${sure}</span></span>`
}
