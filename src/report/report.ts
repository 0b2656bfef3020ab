import { UsageError } from '../base/index.js'
import {
  contents,
  count,
  type Html,
  html,
  jsonBlock,
  Numbering,
  type Section,
  sectionHtml,
  wholePage,
} from '../page/index.js'
import type { ReportInput } from './input.js'
import { commonHeadline, type Model, modelsOf } from './models.js'
import { calibrationSection } from './sections/calibration.js'
import { classesSection } from './sections/classes.js'
import { conditionsSection } from './sections/conditions.js'
import { curvesSection } from './sections/curves.js'
import { internalSection } from './sections/internal.js'
import { methodSection } from './sections/method.js'
import { samplesSection } from './sections/samples.js'
import { summarySection } from './sections/summary.js'
import { trainingSection } from './sections/training.js'
import { verdictOf } from './verdict.js'

/**
 * One self-contained HTML page about one or more scorecards: no script, no request, light and
 * dark, printable. The scorecards stand in it as JSON (`#temper-data`).
 * Throws UsageError without a scorecard. The same input gives the same bytes.
 */
export function renderReport(input: ReportInput): string {
  const { scorecards, runs = [], samples, comparison } = input
  if (scorecards.length === 0)
    throw new UsageError('report: expected at least one scorecard, received none.')
  const models = modelsOf(scorecards)
  const headline = commonHeadline(scorecards)
  const numbering = new Numbering()
  const sections = [
    summarySection(models, headline, numbering),
    curvesSection(models, headline, numbering),
    internalSection(models, numbering),
    samplesSection(samples, models, numbering),
    calibrationSection(models, headline, numbering),
    classesSection(models, numbering),
    conditionsSection(models, headline, numbering),
    trainingSection(runs, models, headline, numbering),
    methodSection(input, models, headline, numbering),
  ].filter(section => section !== undefined)
  const { heading, sentences } = verdictOf(models, headline, comparison)
  const data = { scorecards }
  return wholePage(
    heading,
    html`${header(heading, sentences, models, sections)}<main>${sections.map(sectionHtml)}</main>${footer(models)}<script type="application/json" id="temper-data">${jsonBlock(data)}</script>`,
  )
}

function header(
  heading: string,
  sentences: readonly string[],
  models: readonly Model[],
  sections: readonly Section[],
): Html {
  const { data } = models[0].card
  return html`<header><p class="kicker">Temper robustness report · ${data.source} · ${count(data.samples)} samples</p><h1>${heading}</h1>${sentences.map(sentence => html`<p class="verdict">${sentence}</p>`)}${warnings(models)}${contents(sections)}</header>`
}

/** What each scorecard warns of, said once. */
function warnings(models: readonly Model[]): Html[] {
  const said = models.flatMap(({ name, card }) =>
    (card.warnings ?? []).map(text => (models.length > 1 ? `${name}: ${text}` : text)),
  )
  return [...new Set(said)].map(text => html`<p class="warning"><b>Warning.</b> ${text}</p>`)
}

function footer(models: readonly Model[]): Html {
  const versions = [...new Set(models.map(({ card }) => card.version))]
  return html`<footer>Made by Temper ${versions.join(', ')}. The scorecards stand in this page as JSON, in the element <code>#temper-data</code>.</footer>`
}
