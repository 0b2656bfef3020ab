import { type Line, lineChart, type Reference } from '../chart/index.js'
import type { Measures, RunEvent } from '../record/index.js'
import { serverDocument } from './document.js'
import type { Headline } from './headline.js'
import { type Html, html } from './html.js'
import { chartHtml, legend, type Numbering } from './layout.js'
import type { Look } from './looks.js'
import type { PlannedSchedule } from './planned.js'
import { intervalWords, listed, plain } from './words.js'

/** A training run as its events tell it. */
export interface ToldRun {
  readonly name: string
  readonly events: readonly RunEvent[]
  readonly schedules?: readonly PlannedSchedule[]
}

type EventNamed<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>
const only = <T extends RunEvent['type']>(run: ToldRun, type: T) =>
  run.events.filter((event): event is EventNamed<T> => event.type === type)

/** Whether a run has anything to draw yet. */
export function tellsAnything(run: ToldRun): boolean {
  return run.events.some(event => event.type === 'epoch' || event.type === 'check')
}

/** Losses, both accuracies, levels against their schedules, every decision; a look for each run. */
export function trainingFigures(
  runs: readonly ToldRun[],
  looks: readonly Look[],
  headline: Headline,
  numbering: Numbering,
): Html {
  const lossLines = runs.flatMap((run, i) => lossLine(run, looks[i]))
  const figures = [
    ...(lossLines.length ? [lossFigure(lossLines, numbering)] : []),
    ...runs.flatMap((run, i) => checkFigure(run, looks[i], headline, numbering)),
    ...plannedLevels(runs).flatMap(level =>
      levelFigure(
        level,
        level.runs.map(run => looks[runs.indexOf(run)]),
        numbering,
      ),
    ),
  ]
  return html`${legend(lossLines)}<div class="figures">${figures}</div>${runs.map(run => decisions(run, numbering))}${runs.map(endSentence)}`
}

const x = { label: 'Epoch' } as const

function lossLine(run: ToldRun, { color, dash }: Look): Line[] {
  const points = only(run, 'epoch').map(e => ({
    x: e.epoch,
    y: e.loss ?? Number.NaN,
    title: `${run.name}, epoch ${e.epoch}: loss ${plain(e.loss)}`,
  }))
  return points.length ? [{ name: run.name, color, dash, points }] : []
}

function lossFigure(lines: readonly Line[], numbering: Numbering): Html {
  const svg = lineChart({
    document: serverDocument(),
    label: 'Training loss by epoch',
    description: lines
      .map(
        ({ name, points }) => `${name}: from ${plain(points[0].y)} to ${plain(points.at(-1)?.y)}.`,
      )
      .join(' '),
    x,
    y: { label: 'Training loss' },
    lines,
  })
  return numbering.figure(
    chartHtml(svg),
    html`Training loss, mean of each epoch, on the batches as trained (with their noise).`,
  )
}

/** The epoch of an event: its own, or by its step between the epochs around it. */
function epochOf(
  event: { readonly step?: number; readonly epoch?: unknown },
  run: ToldRun,
): number {
  if (typeof event.epoch === 'number') return event.epoch
  const known = only(run, 'epoch').find(e => e.step !== undefined && e.step > 0)
  if (event.step === undefined || !known?.step) return event.step ?? Number.NaN
  return (event.step / known.step) * known.epoch
}

function checkFigure(run: ToldRun, look: Look, headline: Headline, numbering: Numbering): Html[] {
  const checks = only(run, 'check')
  if (checks.length === 0) return []
  const line = (name: 'clean' | 'noisy', dash?: string): Line => ({
    name,
    color: look.color,
    dash,
    points: checks.map(check =>
      measuredPoint(check[name], epochOf(check, run), `${run.name}, ${name}`, headline),
    ),
  })
  const lines = [line('clean', '2 3'), line('noisy')]
  const svg = lineChart({
    document: serverDocument(),
    label: `${headline.label} of ${run.name} during training`,
    description: `Clean ends at ${headline.format(lines[0].points.at(-1)?.y)}, noisy at ${headline.format(lines[1].points.at(-1)?.y)}, after ${checks.length} checks.`,
    x,
    y: { label: headline.label, format: headline.axis },
    lines,
    references: decisionMarks(run),
  })
  const marks = decisionMarks(run).length ? ' Vertical lines: decisions, listed below.' : ''
  return [
    numbering.figure(
      chartHtml(svg),
      html`${headline.label} of ${run.name} at each check on held-out samples: dotted clean, solid noisy, with 95% bands.${marks}`,
    ),
  ]
}

function measuredPoint(measures: Measures, epoch: number, name: string, headline: Headline) {
  const y = headline.value(measures) ?? Number.NaN
  const interval = headline.interval(measures)
  const range = intervalWords(interval, headline.format)
  const title = `${name}, epoch ${plain(epoch)}: ${headline.format(y)}${range && ` (${range})`}`
  return { x: epoch, y, low: interval?.[0], high: interval?.[1], title }
}

function decisionMarks(run: ToldRun): Reference[] {
  const gains = new Map<string, number>()
  return run.events.flatMap(event => {
    if (event.type !== 'overuse' && event.type !== 'adjust') return []
    const { noise, reason: title } = event
    const isUp = event.type === 'adjust' && event.gain > (gains.get(noise) ?? 1)
    if (event.type === 'adjust') gains.set(noise, event.gain)
    const mark = event.type === 'overuse' ? '!' : isUp ? '▴' : '▾'
    return [{ x: epochOf(event, run), title, color: 'var(--bad)', mark }]
  })
}

/** A level of one or more runs that planned the same for it. */
interface PlannedLevel {
  readonly name: string
  readonly schedule?: PlannedSchedule
  readonly runs: ToldRun[]
}

/** Runs that planned the same share a figure. */
function plannedLevels(runs: readonly ToldRun[]): PlannedLevel[] {
  const levels = new Map<string, PlannedLevel>()
  for (const run of runs) {
    const checked = only(run, 'check').flatMap(check => Object.keys(check.levels))
    for (const name of new Set([...(run.schedules ?? []).map(s => s.name), ...checked])) {
      const schedule = run.schedules?.find(s => s.name === name)
      const key = JSON.stringify([name, schedule?.text])
      const level = levels.get(key) ?? { name, schedule, runs: [] }
      level.runs.push(run)
      levels.set(key, level)
    }
  }
  return [...levels.values()]
}

function levelInUse(run: ToldRun, name: string, look: Look): Line {
  const points = only(run, 'check').map(check => ({
    x: epochOf(check, run),
    y: check.levels[name] ?? Number.NaN,
    title: `${run.name}, in use at epoch ${plain(epochOf(check, run))}: ${plain(check.levels[name])}`,
  }))
  return { name: run.name, color: look.color, dash: look.dash, joined: false, points }
}

/** What was asked of a level, and what each check found in use. */
function levelFigure(level: PlannedLevel, looks: readonly Look[], numbering: Numbering): Html[] {
  const { name, schedule, runs } = level
  const asked =
    schedule?.points.map(({ epoch, low, high }) => ({ x: epoch, y: high, low, high })) ?? []
  const drawn = asked.some(point => point.low !== point.high)
  const used = runs
    .map((run, i) => levelInUse(run, name, looks[i]))
    .filter(line => line.points.some(point => Number.isFinite(point.y)))
  const all = [...asked, ...used.flatMap(line => line.points)]
  if (!all.some(point => Number.isFinite(point.y) && point.y !== 0)) return []
  const svg = lineChart({
    document: serverDocument(),
    label: `${name} over the run`,
    description: schedule && `As planned: ${schedule.text}.`,
    height: 180,
    x,
    y: { label: name, zero: true },
    lines: [{ name: 'planned', color: 'var(--soft)', dots: false, points: asked }, ...used],
  })
  const parts = [
    schedule &&
      html` Grey, as planned: <code>${schedule.text}</code>${drawn && ', drawn within the band'}.`,
    used.length > 0 && html` Dots: in use at each check${drawn && ' (the middle of the draw)'}.`,
  ]
  const title = name.includes(':') ? name : name[0].toUpperCase() + name.slice(1)
  const names = listed(runs.map(run => run.name))
  return [numbering.figure(chartHtml(svg), html`${title}, ${names}.${parts}`)]
}

function decisions(run: ToldRun, numbering: Numbering): Html {
  const rows = run.events.flatMap(event => {
    const decided = decisionOf(event)
    if (!decided) return []
    const { noise, what, reason } = decided
    return [
      html`<tr><td>${plain(epochOf(decided, run))}</td><td class="words">${noise}</td><td class="words">${what}</td><td class="wrap">${reason}</td></tr>`,
    ]
  })
  if (rows.length === 0) return html``
  const head = html`<tr><th scope="col">Epoch</th><th scope="col" class="words">Noise</th><th scope="col" class="words">Decision</th><th scope="col" class="words">Why</th></tr>`
  return numbering.table(html`What was decided while ${run.name} trained.`, head, html`${rows}`)
}

/** What an event decided, of which noise; undefined where it decides nothing. */
function decisionOf(event: RunEvent) {
  const { type } = event
  if (type === 'overuse') return { ...event, what: 'overused' }
  if (type === 'begin') return { ...event, what: 'begins' }
  if (type === 'stop') return { ...event, noise: 'the run', what: 'ends' }
  if (type !== 'adjust') return undefined
  return { ...event, what: `gain ${plain(event.gain)}, hold ${plain(event.hold)}` }
}

function endSentence(run: ToldRun): Html {
  const end = only(run, 'end').at(-1)
  const resumed = only(run, 'resumed').length
  if (!end && !resumed) return html``
  return html`<p class="note">${end && `${run.name}: kept step ${end.best.step}, ${end.best.reason.replace(/\.$/, '')}.`}${resumed > 0 && ` ${run.name} was interrupted and resumed ${resumed === 1 ? 'once' : `${resumed} times`}.`}</p>`
}
