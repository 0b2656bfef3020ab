import { type ScatterGroup, scatterChart } from '../../chart/index.js'
import { chartHtml, html, type Numbering, type Section, serverDocument } from '../../page/index.js'
import type { Study, Trial } from '../../record/index.js'
import { axisOf, figure, measureName, searchedOf, trialTitle, valueText } from './words.js'

/** Every trial under both objectives, the front through those that nothing beats, and its table. */
export function frontSection(study: Study, numbering: Numbering): Section {
  const [first, second] = study.objectives
  const chart =
    second &&
    numbering.figure(
      chartHtml(scatter(study)),
      html`Every trial of the search on held-out samples: ${measureName(first.name)} and ${measureName(second.name)}, where it got farthest. Crosses are trials that were stopped early; the line joins those that no other beats in both.`,
    )
  return { title: 'The front', body: html`${chart}${table(study, numbering)}` }
}

function scatter(study: Study): SVGSVGElement {
  const [x, y] = study.objectives
  const point = (trial: Trial) => ({
    x: trial.values[x.name] ?? Number.NaN,
    y: trial.values[y.name] ?? Number.NaN,
    title: trialTitle(trial, study.objectives),
    ...(study.paretoFront.includes(trial.index) && { mark: String(trial.index) }),
  })
  const trials = searchedOf(study)
  const isBest = ({ index }: Trial) => index === study.best?.index
  const isFront = ({ index }: Trial) => study.paretoFront.includes(index)
  const groups: readonly (Omit<ScatterGroup, 'points'> & {
    readonly of: (trial: Trial) => boolean
  })[] = [
    {
      name: 'stopped',
      color: 'var(--soft)',
      symbol: 'times',
      radius: 2.6,
      of: t => t.state !== 'complete',
    },
    {
      name: 'complete',
      color: 'var(--series-1)',
      symbol: 'circle',
      of: t => t.state === 'complete' && !isFront(t),
    },
    {
      name: 'on the front',
      color: 'var(--series-2)',
      symbol: 'diamond',
      radius: 4.2,
      joined: true,
      of: isFront,
    },
    { name: 'recommended', color: 'var(--series-5)', symbol: 'star', radius: 5.5, of: isBest },
  ]
  return scatterChart({
    document: serverDocument(),
    width: 620,
    height: 380,
    label: `${measureName(x.name)} against ${measureName(y.name)}`,
    description: `${trials.length} trials; ${study.paretoFront.length} of them on the front.`,
    x: axisOf(x.name),
    y: axisOf(y.name),
    groups: groups.map(({ of, ...group }) => ({ ...group, points: trials.filter(of).map(point) })),
  })
}

function table(study: Study, numbering: Numbering) {
  const { objectives, paretoFront, trials, best, knee } = study
  const names = [...new Set(paretoFront.flatMap(index => Object.keys(trials[index].parameters)))]
  const note = (index: number) =>
    [index === best?.index && 'recommended', index === knee && 'knee'].filter(Boolean).join(', ')
  const head = html`<tr><th>trial</th>${objectives.map(({ name }) => html`<th>${measureName(name)}</th>`)}${names.map(name => html`<th>${name}</th>`)}<th></th></tr>`
  const order = [...paretoFront].sort(
    (a, b) =>
      (trials[b].values[objectives[0].name] ?? 0) - (trials[a].values[objectives[0].name] ?? 0),
  )
  const rows = order.map(index => {
    const { values, parameters } = trials[index]
    const cells = names.map(
      name => html`<td>${parameters[name] === undefined ? '–' : valueText(parameters[name])}</td>`,
    )
    return html`<tr><td>${index}</td>${objectives.map(({ name }) => html`<td>${figure(name, values[name])}</td>`)}${cells}<td>${note(index)}</td></tr>`
  })
  return numbering.table(
    html`The trials on the front, with what was chosen for each.`,
    head,
    html`${rows}`,
  )
}
