import { lineChart } from '../../chart/index.js'
import { chartHtml, html, type Numbering, type Section, serverDocument } from '../../page/index.js'
import type { Study, Trial } from '../../record/index.js'
import { axisOf, measureName, searchedOf, trialTitle } from './words.js'

/** How far each trial came, and how it did on the way. */
export function ladderSection(study: Study, numbering: Numbering): Section | undefined {
  const { rungs = [], stopping } = study.search ?? {}
  const trials = searchedOf(study)
  if (rungs.length < 2 || !trials.some(trial => trial.rungs?.length)) return undefined
  const figures = study.objectives.map(({ name }) =>
    numbering.figure(
      chartHtml(ladder(study, trials, name, rungs)),
      html`${measureName(name)} at each rung; dashed: stopped there.`,
    ),
  )
  const reached = rungs.map(
    epochs => trials.filter(t => (t.rungs ?? []).some(r => r.epochs === epochs)).length,
  )
  const head = html`<tr><th>epochs</th><th>trials measured</th><th>went on</th></tr>`
  const rows = rungs.map(
    (epochs, i) =>
      html`<tr><td>${epochs}</td><td>${reached[i]}</td><td>${reached[i + 1] ?? '–'}</td></tr>`,
  )
  const { trained = 0, full = 0 } = study.epochs ?? {}
  const saved = full ? Math.round(100 * (1 - trained / full)) : 0
  return {
    title: 'Stopping early',
    body: html`<p>With stopping “${stopping}” the search took ${trained} epochs; all its trials at full length would have taken ${full}: ${saved}% were saved.</p><div class="figures">${figures}</div>${numbering.table(html`Trials at each rung.`, head, html`${rows}`)}`,
  }
}

function ladder(study: Study, trials: readonly Trial[], name: string, rungs: readonly number[]) {
  return lineChart({
    document: serverDocument(),
    label: `${measureName(name)} at the rungs`,
    x: { label: 'epochs', log: true, ticks: rungs },
    y: axisOf(name),
    lines: trials.map(trial => ({
      name: `trial ${trial.index}`,
      color:
        trial.index === study.best?.index
          ? 'var(--series-5)'
          : trial.state === 'complete'
            ? 'var(--series-2)'
            : 'var(--soft)',
      ...(trial.state !== 'complete' && { dash: '3 3' }),
      points: (trial.rungs ?? []).map(({ epochs, values }) => ({
        x: epochs,
        y: values[name] ?? Number.NaN,
        title: trialTitle(trial, study.objectives),
      })),
    })),
  })
}
