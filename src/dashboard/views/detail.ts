import type { Clock } from '../../base/index.js'
import {
  type Html,
  headlineOf,
  html,
  listed,
  lookOf,
  Numbering,
  none,
  plain,
  tellsAnything,
  trainingFigures,
} from '../../page/index.js'
import type { RunEvent } from '../../record/index.js'
import type { Run } from '../run.js'
import { stateWords } from './list.js'
import type { Parts, View } from './parts.js'
import { address, span } from './words.js'

const shownEvents = 40

/** One run as it goes, or several beside each other. */
export function detailView(runs: readonly Run[], clock: Clock): View {
  const ids = runs.map(run => run.id)
  const title = listed(ids)
  return {
    title: `${title} · Temper`,
    stream: address('stream/run', ids),
    frame: html`<header class="bar"><h1>${title}</h1><p><a href="/" id="home">All runs</a></p><p id="live" role="status"></p></header><main><section><div id="state" data-part></div></section><section aria-label="Figures"><div id="figures" data-part></div></section>${runs.length === 1 && html`<section><h2>Events</h2><div id="log" data-part></div></section>`}</main>`,
    parts: () => partsOf(runs, clock),
  }
}

function partsOf(runs: readonly Run[], clock: Clock): Parts {
  return {
    state: html`<dl class="facts">${runs.map(run => stateOf(run, runs.length > 1, clock))}</dl>`,
    figures: figuresOf(runs),
    ...(runs.length === 1 && { log: logOf(runs[0].events) }),
  }
}

function stateOf(run: Run, several: boolean, clock: Clock): Html {
  const summary = run.summary()
  const { reason, epoch, epochs, loss, lastWord } = summary
  const files = ['report', 'metrics', 'events'].filter(name => run.has(fileNames[name as FileName]))
  const links = files.map(name => html`<a href="${address(name, [run.id])}">${name}</a> `)
  const spoke = lastWord === undefined ? '' : `, last word ${span(clock.now() - lastWord)} ago`
  return html`${several && html`<dt>Run</dt><dd>${run.id}</dd>`}<dt>State</dt><dd>${stateWords(summary)}${reason && `: ${reason}`}${spoke}</dd><dt>Epoch</dt><dd>${epoch === undefined ? none : plain(epoch)}${epochs && ` of ${epochs}`}, loss ${plain(loss)}</dd>${planFacts(run.plan)}${links.length > 0 && html`<dt>Files</dt><dd>${links}</dd>`}`
}

/** What may be asked of a run, by name. */
export const fileNames = {
  report: 'report.html',
  metrics: 'events.jsonl',
  events: 'events.jsonl',
} as const
export type FileName = keyof typeof fileNames

function planFacts(plan: unknown): Html {
  const { model, data, noise, seed } = (plan ?? {}) as Record<
    string,
    Record<string, unknown> | undefined
  >
  const train = data?.train as { source?: unknown; samples?: unknown } | undefined
  const names = Array.isArray(noise) ? noise.map(entry => String(entry?.name)) : []
  const facts: [string, unknown][] = [
    ['Model', model?.network ?? model?.file],
    ['Data', train && `${train.source}, ${train.samples} samples`],
    ['Noise', Array.isArray(noise) && (listed(names) || 'none')],
    ['Seed', seed],
  ]
  return html`${facts.map(([name, fact]) => fact !== undefined && fact !== false && html`<dt>${name}</dt><dd>${String(fact)}</dd>`)}`
}

function figuresOf(runs: readonly Run[]): Html {
  const told = runs
    .map(run => ({ name: run.id, events: run.events, schedules: run.schedules }))
    .filter(tellsAnything)
  if (told.length === 0)
    return html`<p>Nothing to draw yet: the first epoch or check brings the first figure.</p>`
  const measures = told.map(run =>
    run.events.flatMap(event => (event.type === 'check' ? [event.clean, event.noisy] : [])),
  )
  const headline = headlineOf(measures.filter(list => list.length > 0))
  const looks = told.map((_, i) => lookOf(i, told.length))
  return trainingFigures(told, looks, headline, new Numbering())
}

function logOf(events: readonly RunEvent[]): Html {
  const shown = events.slice(-shownEvents).reverse()
  const left = events.length - shown.length
  return html`<div class="scroll"><table><thead><tr><th scope="col" class="words">Time (UTC)</th><th scope="col" class="words">Event</th><th scope="col" class="words">What</th></tr></thead><tbody>${shown.map(
    event =>
      html`<tr><td class="words"><time datetime="${new Date(event.time).toISOString()}">${new Date(event.time).toISOString().slice(11, 19)}</time></td><td class="words">${event.type}</td><td class="wrap">${eventWords(event)}</td></tr>`,
  )}</tbody></table></div>${left > 0 && html`<p class="note">${left} earlier events stand in the file.</p>`}`
}

function eventWords(event: RunEvent): string {
  if (event.type === 'epoch') return `epoch ${plain(event.epoch)}, loss ${plain(event.loss)}`
  if (event.type === 'check') {
    const headline = headlineOf([[event.clean, event.noisy]])
    const [clean, noisy] = [event.clean, event.noisy].map(m => headline.format(headline.value(m)))
    return `step ${event.step}, clean ${clean}, noisy ${noisy}`
  }
  if (event.type === 'overuse') return `${event.noise}: ${event.reason}`
  if (event.type === 'adjust')
    return `${event.noise}: gain ${plain(event.gain)}, hold ${plain(event.hold)}: ${event.reason}`
  if (event.type === 'checkpoint') return `step ${event.step}`
  if (event.type === 'resumed') return `from step ${event.fromStep}`
  if (event.type === 'end') return `kept step ${event.best.step}: ${event.best.reason}`
  return ''
}
