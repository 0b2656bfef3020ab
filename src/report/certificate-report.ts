import { UsageError } from '../base/index.js'
import {
  contents,
  count,
  type Html,
  html,
  jsonBlock,
  listed,
  lookOf,
  Numbering,
  percent,
  plain,
  sectionHtml,
  wholePage,
} from '../page/index.js'
import type { Certificate } from '../record/index.js'
import { certifiedCurve } from './sections/certified-curve.js'
import { certifiedSamples } from './sections/certified-samples.js'
import { type Certified, certifiedSettings } from './sections/certified-settings.js'

/** A certificate and the name it goes by. */
export interface NamedCertificate {
  readonly name: string
  readonly certificate: Certificate
}

/**
 * One self-contained HTML page about one or more certificates, like `renderReport`'s: what abstains
 * first, then the certified accuracy, samples and settings. They stand in it as JSON
 * (`#temper-data`). Throws UsageError without one. The same input gives the same bytes.
 */
export function renderCertificates(given: readonly NamedCertificate[]): string {
  if (given.length === 0)
    throw new UsageError('report: expected at least one certificate, received none.')
  const all = given.map((one, i): Certified => ({ ...one, ...lookOf(i, given.length) }))
  const numbering = new Numbering()
  const sections = [
    certifiedCurve(all, numbering),
    certifiedSamples(all, numbering),
    certifiedSettings(all, numbering),
  ]
  const heading = headingOf(all)
  const data = { certificates: all.map(({ certificate }) => certificate) }
  const versions = [...new Set(all.map(({ certificate }) => certificate.version))]
  return wholePage(
    heading,
    html`<header><p class="kicker">Temper certificate · ${sourcesOf(all)}</p><h1>${heading}</h1>${all.map(sentence)}${contents(sections)}</header><main>${sections.map(sectionHtml)}</main><footer>Made by Temper ${versions.join(', ')}. The certificates stand in this page as JSON, in the element <code>#temper-data</code>.</footer><script type="application/json" id="temper-data">${jsonBlock(data)}</script>`,
  )
}

function headingOf(all: readonly Certified[]): string {
  const [{ name, certificate }] = all
  if (all.length > 1) return `${listed(all.map(one => one.name))}: certified radii compared`
  const { abstentionRate, acr } = certificate.summary
  return `${name} abstains on ${percent(abstentionRate)} of samples; its average certified radius is ${plain(acr)}`
}

const sourcesOf = (all: readonly Certified[]) =>
  [
    ...new Set(
      all.map(
        ({ certificate: c }) =>
          `${c.data.source} · ${count(c.samples.length)} samples · sigma ${plain(c.sigma)}`,
      ),
    ),
  ].join('; ')

/** What one certificate says, its abstentions first. */
function sentence({ name, certificate }: Certified): Html {
  const { summary, samples, alpha, labels } = certificate
  const right = samples.filter(s => s.correct).length
  const held = labels === 'clean answers' ? 'as without noise' : 'right'
  return html`<p class="verdict">${name}: of ${count(samples.length)} samples it abstains on <b>${percent(summary.abstentionRate)}</b> and answers ${percent(right / samples.length)} ${held}, with an average certified radius (ACR) of ${plain(summary.acr)}. Each radius is an L2 distance within which the smoothed answer cannot change, false with probability ${plain(alpha)} at most.</p>`
}
