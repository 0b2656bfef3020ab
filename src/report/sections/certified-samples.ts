import { count, type Html, html, type Numbering, plain, type Section } from '../../page/index.js'
import type { Certificate, CertifiedSample } from '../../record/index.js'
import type { Certified } from './certified-settings.js'

/** Samples shown at each end. */
const most = 8

/** Which samples are certified furthest, and which least. */
export function certifiedSamples(all: readonly Certified[], numbering: Numbering): Section {
  return {
    title: 'The most and the least certain samples',
    body: html`${all.map(one => tables(one, numbering))}`,
  }
}

function tables({ name, certificate }: Certified, numbering: Numbering): Html {
  const { samples } = certificate
  const certain = samples.filter(({ prediction }) => prediction >= 0)
  const furthest = [...certain].sort((a, b) => b.radius - a.radius || a.index - b.index)
  const wrong = furthest.filter(({ correct }) => !correct)
  const abstained = samples.length - certain.length
  const shared = furthest.filter(({ radius }) => radius === furthest[0]?.radius).length
  const ties =
    shared > most
      ? ` ${count(shared)} samples share the largest radius that n copies can show.`
      : ''
  const parts: [caption: string, rows: readonly CertifiedSample[]][] = [
    [`The most certain samples of ${name}.${ties}`, furthest.slice(0, most)],
    [
      `The least certain samples of ${name} beside the ${count(abstained)} it abstains on.`,
      furthest.slice(-most).reverse(),
    ],
    [
      `The most certain wrong answers of ${name}: ${count(wrong.length)} answers are wrong.`,
      wrong.slice(0, most),
    ],
  ]
  const shown = parts.filter(([, rows]) => rows.length > 0)
  if (!shown.length) return html`<p>${name} abstains on every sample.</p>`
  return html`${shown.map(([caption, rows]) => table(caption, rows, certificate, numbering))}`
}

function table(
  caption: string,
  samples: readonly CertifiedSample[],
  { data, labels }: Certificate,
  numbering: Numbering,
): Html {
  const named = (label: number) => data.classes?.[label] ?? String(label)
  const head = html`<tr><th scope="col" class="words">Sample</th><th scope="col" class="words">Answer</th><th scope="col" class="words">${labels === 'clean answers' ? 'Without noise' : 'Label'}</th><th scope="col">Radius</th></tr>`
  const rows = samples.map(
    ({ index, prediction, label, radius, correct }) =>
      html`<tr><th scope="row">${count(index)}</th><td class="words ${correct ? '' : 'bad'}">${named(prediction)}${!correct && html`<span class="unseen">, wrong</span>`}</td><td class="words">${named(label)}</td><td>${plain(radius)}</td></tr>`,
  )
  return numbering.table(html`${caption}`, head, html`${rows}`, 'compact')
}
