/** The study as a document: what was tried, what it gave, what is recommended and how sure that is. */
import { Moments } from '../base/index.js'
import type { Parameter } from '../recipe/index.js'
import { type Study, type Trial, temperVersion } from '../record/index.js'
import { completeTrials, type Finalist, kneeOf, paretoFront, ranking } from './finalists.js'
import { importanceOf } from './importance/importance.js'
import { notSearched } from './not-searched.js'
import type { StudyState, TrialState } from './study/state.js'

export function studyDocument(state: StudyState, threads: number): Study {
  const { settings } = state
  const { seed, device, sampler, stopping, eta, objectives, content, recipe } = settings
  const best = bestOf(state)
  const knee = kneeOf(state)
  return {
    schema: 'temper.study/1',
    version: temperVersion,
    ...{ seed, device, threads, id: state.id },
    data: {
      source: String((recipe.data as { train: unknown }).train),
      kind: content.kind,
      samples: content.samples,
    },
    objectives: [...objectives],
    space: Object.fromEntries(state.space.parameters.map(p => [p.name, domainOf(p)])),
    search: { sampler, stopping, eta, rungs: [...state.rungs], trials: state.wanted },
    trials: state.trials.map(trial => trialOf(trial)),
    paretoFront: paretoFront(state).map(({ index }) => index),
    ...(knee && { knee: knee.index }),
    ...(best && { best }),
    epochs: epochsOf(state),
    importance: importanceOf(state),
    notSearched: notSearched(state),
  }
}

function domainOf({ domain, when }: Parameter): Study['space'][string] {
  const condition = when && { when }
  return domain.kind === 'choice'
    ? { kind: 'choice', values: [...domain.values], ...condition }
    : { ...domain, ...condition }
}

function trialOf({ index, status, point, results, seed, repeats, reason }: TrialState): Trial {
  const last = results.at(-1)
  return {
    index,
    state: status === 'stopped' ? 'pruned' : status,
    parameters: { ...point },
    values: { ...last?.values },
    epochs: last?.epochs ?? 0,
    seed,
    ...(repeats !== undefined && { repeats }),
    rungs: results.map(({ epochs, values }) => ({ epochs, values: { ...values } })),
    ...(reason !== undefined && { reason }),
  }
}

/** Epochs of the search against those of all its trials at full length; repeats are no part of either. */
function epochsOf(state: StudyState): { trained: number; full: number } {
  const trained = state.searched.reduce(
    (sum, trial) => sum + (trial.results.at(-1)?.epochs ?? 0),
    0,
  )
  return { trained, full: state.searched.length * state.settings.epochs }
}

function bestOf(state: StudyState): Study['best'] {
  const [best, second] = ranking(state)
  if (!best) return undefined
  return {
    index: best.trial.index,
    reason: reasonOf(state, best, second),
    values: Object.fromEntries(
      state.settings.objectives.map(({ name }) => [name, spreadOf(best, name)]),
    ),
  }
}

function reasonOf(state: StudyState, { runs, loss }: Finalist, second?: Finalist): string {
  const names = state.settings.objectives.map(({ name, weight }) =>
    weight === 1 ? name : `${weight} x ${name}`,
  )
  const measure = names.length > 1 ? `mean of ${names.join(' and ')}` : names[0]
  const complete = completeTrials(state).length
  const seeds =
    runs.length > 1
      ? ` over ${runs.length} seeds, of ${state.finalists!.length} finalist${state.finalists!.length > 1 ? 's' : ''}`
      : ''
  const margin = second ? `, ${Math.abs(second.loss - loss).toPrecision(2)} ahead of the next` : ''
  return `the best ${measure}${seeds}${margin}; ${complete} of ${state.searched.length} trials came to their end`
}

/** Mean and standard deviation of a measure over the seeds of a finalist. */
export function spreadOf({ runs }: Finalist, name: string) {
  const moments = new Moments()
  for (const { values } of runs) moments.add(values[name] ?? Number.NaN)
  const seeds = runs.length
  return {
    mean: moments.mean,
    ...(seeds > 1 && { standardDeviation: moments.standardDeviation }),
    seeds,
  }
}
