import type { Clock } from '../../base/index.js'
import {
  type Headline,
  type Html,
  headlineOf,
  html,
  none,
  plain,
  points,
} from '../../page/index.js'
import type { Run, RunSummary } from '../run.js'
import type { Runs } from '../runs.js'
import type { View } from './parts.js'
import { address, span } from './words.js'

/** Every run, the one that spoke last first. */
export function listView(runs: Runs, folder: string, clock: Clock): View {
  return {
    title: 'Runs · Temper',
    stream: '/stream/list',
    frame: html`<header class="bar"><h1>Runs</h1><p><input type="search" id="filter" placeholder="Filter" aria-label="Filter runs"></p><p><a id="compare" hidden>Compare marked</a></p><p id="live" role="status"></p></header><main><div id="rows" data-part></div></main>`,
    parts: () => ({ rows: tableOf(runs.list(), folder, clock) }),
  }
}

function tableOf(runs: readonly Run[], folder: string, clock: Clock): Html {
  if (runs.length === 0)
    return html`<p>No run below <code>${folder}</code> yet. One appears here as soon as <code>temper train</code> or <code>temper demo</code> begins.</p>`
  return html`<div class="scroll"><table><thead><tr><th scope="col" class="words"><span class="unseen">Mark</span></th><th scope="col" class="words">Run</th><th scope="col" class="words">State</th><th scope="col">Epoch</th><th scope="col">Loss</th><th scope="col">Clean</th><th scope="col">Noisy</th><th scope="col">Gap</th><th scope="col">Last word</th></tr></thead><tbody>${runs.map(run => rowOf(run, clock))}</tbody></table></div>`
}

function rowOf(run: Run, clock: Clock): Html {
  const summary = run.summary()
  const open = html`<th scope="row"><a data-row href="${address('run', [run.id])}">${run.id}</a></th>`
  const mark = html`<td><input type="checkbox" data-mark="${run.id}" aria-label="Mark ${run.id}"></td>`
  if (summary.state === 'broken')
    return html`<tr>${mark}${open}<td class="state wrap" colspan="7"><span class="broken">broken</span>: ${summary.reason}</td></tr>`
  const { epoch, epochs, loss, lastWord } = summary
  const progress = epoch === undefined ? none : `${plain(epoch)}${epochs ? ` of ${epochs}` : ''}`
  return html`<tr>${mark}${open}<td class="state"><span class="${summary.state}">${stateWords(summary)}</span></td><td>${progress}</td><td>${plain(loss)}</td>${scores(summary)}<td>${lastWord === undefined ? none : `${span(clock.now() - lastWord)} ago`}</td></tr>`
}

export function stateWords({ state, remaining }: RunSummary): string {
  if (state === 'running' && remaining !== undefined) return `running, ${span(remaining)} left`
  return state === 'empty' ? 'no event yet' : state
}

function scores({ clean, noisy }: RunSummary): Html {
  if (!clean || !noisy) return html`<td>${none}</td><td>${none}</td><td>${none}</td>`
  const headline = headlineOf([[clean, noisy]])
  const [a, b] = [headline.value(clean), headline.value(noisy)]
  return html`<td>${headline.format(a)}</td><td>${headline.format(b)}</td><td>${gap(a, b, headline)}</td>`
}

function gap(clean: number | undefined, noisy: number | undefined, headline: Headline): string {
  if (clean === undefined || noisy === undefined) return none
  return headline.axis === 'percent' ? points(noisy - clean) : plain(noisy - clean)
}
