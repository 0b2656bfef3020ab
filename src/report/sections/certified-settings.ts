import {
  count,
  type Html,
  html,
  type Look,
  type Numbering,
  none,
  plain,
  type Section,
} from '../../page/index.js'
import type { Certificate } from '../../record/index.js'

/** A certificate with its name and the look it keeps through the page. */
export interface Certified extends Look {
  readonly name: string
  readonly certificate: Certificate
}

const settings: readonly [name: string, cell: (certificate: Certificate) => Html | string][] = [
  ['Noise, sigma', c => plain(c.sigma)],
  ['Copies that choose the class, n0', c => count(c.n0)],
  ['Copies that bound its probability, n', c => count(c.n)],
  ['Chance of a false certificate, alpha', c => plain(c.alpha)],
  ['Labels', c => (c.labels === 'clean answers' ? "the model's clean answers" : "the data's")],
  ['Model file', c => c.model.file],
  ['SHA-256', c => html`<span class="hash">${c.model.sha256}</span>`],
  ['Parameters', c => count(c.model.parameters)],
  ['Data', c => `${c.data.source}, ${count(c.samples.length)} of ${count(c.data.samples)} samples`],
  ['Data SHA-256', c => (c.data.sha256 ? html`<span class="hash">${c.data.sha256}</span>` : none)],
  ['Seed', c => String(c.seed)],
  ['Device, threads', c => `${c.device}, ${c.threads}`],
  ['Speed', c => (c.timing ? `${plain(c.timing.samplesPerSecond)} samples a second` : none)],
]

/** How it was certified, in which unit, and where everything came from. */
export function certifiedSettings(all: readonly Certified[], numbering: Numbering): Section {
  const shown = settings.filter(([, cell]) => all.some(c => cell(c.certificate) !== none))
  const head = html`<tr><th scope="col">Setting</th>${all.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr>`
  const rows = shown.map(
    ([name, cell]) =>
      html`<tr><th scope="row">${name}</th>${all.map(c => html`<td>${cell(c.certificate)}</td>`)}</tr>`,
  )
  const table = numbering.table(html`How it was certified.`, head, html`${rows}`, 'provenance')
  return {
    title: 'Settings and method',
    body: html`<p>Randomized smoothing (Cohen, Rosenfeld and Kolter 2019): Gaussian noise is put on copies of a sample; n0 of them choose a class, n others bound its probability from below (Clopper and Pearson), p. Where p is above one half the radius is sigma times the normal quantile of p; elsewhere the classifier abstains, and its radius is 0.</p><p>Sigma and radii are in the data's physical unit whatever the model's own normalisation: pixels from 0 to 1, waveforms from −1 to 1, columns of a table as they are. The noise is not clipped.</p>${table}`,
  }
}
