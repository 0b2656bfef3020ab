/** A study as the terminal shows it. */
import type { Study } from '../record/index.js'
import type { Job, StudyState, TuneEvent } from '../tune/index.js'
import type { Output } from './output.js'
import { percent } from './percent.js'

/** One line an ended trial, and a live line with where the running ones are. */
export function showStudy(output: Output): (event: TuneEvent) => void {
  const running = new Map<number, string>()
  let state: StudyState | undefined
  return event => {
    if (event.type === 'entry') {
      state = event.state
      const line = lineOf(event)
      if ('trial' in event.entry && event.entry.type !== 'dispatched')
        running.delete(event.entry.trial)
      if (line) output.note(`tune  ${line}`)
      return
    }
    running.set(event.job.trial, whereIs(event))
    if (!state) return
    const ended = state.searched.filter(trial => trial.status !== 'running').length
    output.progress(`tune  ${ended}/${state.wanted} trials  ${[...running.values()].join('  ')}`)
  }
}

function whereIs({ job, progress }: TuneEvent & { type: 'progress' }): string {
  const { step, steps, loss } = progress
  return `#${job.trial} ${Math.round((100 * step) / steps)}% loss ${loss.toFixed(3)}`
}

function lineOf({ entry, state }: TuneEvent & { type: 'entry' }): string | undefined {
  if (entry.type === 'result') {
    const name = nameOf(entry, state)
    const epochs = state.rungs[entry.rung]
    if (entry.state !== 'measured')
      return `${name}: its loss became no number within ${epochs} epochs`
    const values = valuesText(state.settings.objectives, entry.values)
    return `${name}, ${epochs}/${state.settings.epochs} epochs: ${values}`
  }
  if (entry.type === 'decision' && !entry.goesOn)
    return `${nameOf(entry, state)} ends: ${entry.reason}`
  if (entry.type === 'lost')
    return `${nameOf(entry, state)} got lost and is sent again: ${entry.reason}`
  if (entry.type === 'failed') return `${nameOf(entry, state)} failed: ${entry.reason}`
  if (entry.type === 'finalists' && entry.trials.length)
    return `again with other seeds: trials ${entry.trials.join(', ')}`
  return undefined
}

function nameOf({ trial }: Pick<Job, 'trial'>, state: StudyState): string {
  const { repeats, seed } = state.trials[trial]
  return repeats === undefined ? `trial ${trial}` : `trial ${repeats} with seed ${seed}`
}

function valuesText(
  objectives: readonly { readonly name: string }[],
  values: Readonly<Record<string, number>>,
): string {
  return objectives.map(({ name }) => `${name} ${figure(name, values[name])}`).join(', ')
}

/** Shares of samples as percent, others as they are. */
function figure(name: string, value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–'
  return /Accuracy$/.test(name) ? percent(value) : String(Number(value.toPrecision(4)))
}

/** The front, the recommendation with its spread, what was saved. */
export function printStudy(output: Output, study: Study): void {
  const { trials, objectives, paretoFront, best, knee, epochs, search } = study
  const searched = trials.filter(trial => trial.repeats === undefined)
  const complete = searched.filter(trial => trial.state === 'complete').length
  output.print(
    `${searched.length} of ${search?.trials} trials, ${complete} complete; ${epochs?.trained} of ${epochs?.full} epochs`,
  )
  if (!best) {
    output.print('No trial is complete yet, so there is nothing to recommend.')
    return
  }
  output.print('Pareto front:')
  for (const index of paretoFront) {
    const marks = [index === best.index && 'recommended', index === knee && 'knee'].filter(Boolean)
    const note = marks.length ? `  (${marks.join(', ')})` : ''
    output.print(`  trial ${index}: ${valuesText(objectives, trials[index].values)}${note}`)
  }
  output.print(`Recommended: trial ${best.index}, ${best.reason}.`)
  for (const { name } of objectives) {
    const { mean, standardDeviation, seeds } = best.values![name]
    const doubt = standardDeviation === undefined ? '' : ` +- ${figure(name, standardDeviation)}`
    output.print(`  ${name} ${figure(name, mean)}${doubt} (${seeds} seed${seeds > 1 ? 's' : ''})`)
  }
}
