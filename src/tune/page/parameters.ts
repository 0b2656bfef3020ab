import { barChart, type ParallelDimension, parallelCoordinates } from '../../chart/index.js'
import {
  chartHtml,
  html,
  legend,
  type Numbering,
  type Section,
  serverDocument,
} from '../../page/index.js'
import type { Study, Trial } from '../../record/index.js'
import { figure, measureName, searchedOf, trialTitle, valueText } from './words.js'

type Domain = Study['space'][string]

/** Axes that can be told apart on one page. */
const axesShown = 9

/** What every trial chose beside what it gave, and which choices mattered. */
export function parametersSection(study: Study, numbering: Numbering): Section {
  const bars = study.importance?.length
    ? html`${legend(study.objectives.map(({ name }, i) => ({ name: measureName(name), color: colors[i] })))}${numbering.figure(chartHtml(importance(study)), html`Share of each measure's variance over the space that a parameter explains by itself: main effects of a functional analysis of variance (Hutter, Hoos & Leyton-Brown 2014) of a forest of 32 trees grown on ${study.importance[0].trials} trials. What is missing to 100% is interaction. With few trials these shares are rough.`)}`
    : html`<p>Too few trials were measured to say which parameter matters.</p>`
  const shown = byWeight(study).slice(0, axesShown)
  const left = Object.keys(study.space).length - shown.length
  const lines = numbering.figure(
    chartHtml(parallel(study, shown)),
    html`Every trial as a line through its parameters and measures; those stopped early are thin and grey, the recommended one is the strongest. A line breaks where a trial does not have the parameter.${left > 0 && ` The ${left} parameters that explain least are left out.`}`,
  )
  return { title: 'What was chosen, and what mattered', body: html`${bars}${lines}` }
}

/** Parameters by what they explain of any objective, most first; as in the recipe where that is not known. */
function byWeight({ importance = [], space }: Study): string[] {
  const weight = (name: string) => Math.max(0, ...importance.map(({ shares }) => shares[name] ?? 0))
  return Object.keys(space).sort((a, b) => weight(b) - weight(a))
}

const colors = ['var(--series-1)', 'var(--series-2)']

function importance(study: Study): SVGSVGElement {
  const { importance: measured = [] } = study
  const names = byWeight(study).slice(0, 12)
  return barChart({
    document: serverDocument(),
    width: 620,
    labelWidth: 190,
    label: 'importance of each parameter',
    x: { label: 'share of variance', format: 'percent' },
    bars: names.flatMap(group =>
      measured.map(({ objective, shares }, i) => ({
        group,
        name: measureName(objective),
        color: colors[i],
        value: shares[group] ?? 0,
        title: `${group}, ${measureName(objective)}: ${Math.round(100 * (shares[group] ?? 0))}%`,
      })),
    ),
  })
}

function parallel(study: Study, shown: readonly string[]): SVGSVGElement {
  const trials = [...searchedOf(study)].sort((a, b) => rank(study, a) - rank(study, b))
  const parameters = Object.entries(study.space).filter(([name]) => shown.includes(name))
  const ranges = study.objectives.map(({ name }) => rangeOf(trials, name))
  const dimensions: ParallelDimension[] = [
    ...parameters.map(([name, domain]) => ({ name, ticks: ticksOf(domain) })),
    ...study.objectives.map(({ name }, i) => ({
      name: measureName(name),
      ticks: ranges[i].map((value, at) => ({ at, text: figure(name, value) })),
    })),
  ]
  return parallelCoordinates({
    document: serverDocument(),
    width: Math.max(620, 84 * dimensions.length),
    height: 360,
    label: 'parameters and measures of every trial',
    dimensions,
    lines: trials.map(trial => ({
      name: `trial ${trial.index}`,
      title: trialTitle(trial, study.objectives),
      ...looks[rank(study, trial)],
      places: [
        ...parameters.map(([name, domain]) => placeOf(domain, trial.parameters[name])),
        ...study.objectives.map(({ name }, i) => within(ranges[i], trial.values[name])),
      ],
    })),
  })
}

const looks = [
  { color: 'var(--soft)', width: 0.8, opacity: 0.5 },
  { color: 'var(--series-1)', width: 1.1, opacity: 0.75 },
  { color: 'var(--series-2)', width: 1.5, opacity: 0.95 },
  { color: 'var(--series-5)', width: 2.6, opacity: 1 },
] as const

function rank({ paretoFront, best }: Study, { index, state }: Trial): 0 | 1 | 2 | 3 {
  if (index === best?.index) return 3
  if (paretoFront.includes(index)) return 2
  return state === 'complete' ? 1 : 0
}

function rangeOf(trials: readonly Trial[], name: string): [number, number] {
  const values = trials.map(trial => trial.values[name]).filter(value => value !== undefined)
  return values.length ? [Math.min(...values), Math.max(...values)] : [0, 1]
}

const within = ([low, high]: readonly number[], value: number | undefined) =>
  value === undefined ? undefined : high > low ? (value - low) / (high - low) : 0.5

function ticksOf({ values, from, to }: Domain): ParallelDimension['ticks'] {
  if (!values) return [from, to].map((value, at) => ({ at, text: valueText(value as number) }))
  return values.map((value, i) => ({
    at: i / (values.length - 1),
    text: valueText(value).slice(0, 16),
  }))
}

function placeOf({ values, from, to, log }: Domain, value: number | string | boolean | undefined) {
  if (value === undefined) return undefined
  if (values) return values.indexOf(value) / (values.length - 1)
  const scale = log ? Math.log : (x: number) => x
  return (scale(value as number) - scale(from!)) / (scale(to!) - scale(from!))
}
