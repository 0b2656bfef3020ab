import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DataError, keyOf, Random, ResumableError } from '../../base/index.js'
import { Journal, readJournal } from '../../record/index.js'
import type { TrialResult } from '../../train/index.js'
import { studyDocument } from '../document.js'
import { Coordinator, type CoordinatorOptions } from './coordinator.js'
import { follows, nextTrial } from './decide.js'
import type { Entry } from './entries.js'
import type { Carrier, Job } from './job.js'
import { recipeOf, type StudySettings, studyId } from './settings.js'
import { StudyState } from './state.js'

const settings: StudySettings = {
  recipe: {
    model: { network: 'mlp' },
    data: { train: 'mnist:train', test: 'mnist:test' },
    train: { epochs: 9 },
    noise: [
      {
        search: {
          onOff: {
            at: 'input',
            kind: 'gaussian',
            sigma: { search: { from: 0.01, to: 1, log: true } },
          },
        },
      },
    ],
    optimizer: { learningRate: { search: { from: 1e-4, to: 1e-1, log: true } } },
  },
  objectives: [
    { name: 'cleanAccuracy', better: 'higher', weight: 1 },
    { name: 'meanAccuracy', better: 'higher', weight: 1 },
  ],
  sampler: 'tpe',
  stopping: 'asha',
  eta: 3,
  grace: 1,
  epochs: 9,
  trials: 24,
  finalists: 2,
  repeats: 2,
  seed: 0,
  engine: { column: 'portable' },
  device: 'cpu',
  content: { train: 'a', validation: 'b', kind: 'image', samples: 100 },
}

/** What a trial would measure: a function of its job alone. */
function measure({ point, seed, untilEpoch }: Job): TrialResult {
  const rate = Math.log10(Number(point['optimizer.learningRate']))
  const sigma = point['input:gaussian'] ? Math.log10(Number(point['input:gaussian.sigma'])) : -3
  const grown = 1 - 1 / (1 + untilEpoch) + 0.001 * seed
  const values = {
    cleanAccuracy: grown - 0.05 * (rate + 2) ** 2 - 0.02 * (sigma + 3),
    meanAccuracy: grown - 0.05 * (rate + 2) ** 2 - 0.1 * (sigma + 0.5) ** 2,
  }
  if (rate > -1.1) return { state: 'diverged', untilEpoch, values: {}, hash: 'x' }
  return { state: 'measured', untilEpoch, values, hash: 'x' }
}

/** Takes `slots` jobs and gives their results in an order of its own. */
function shuffled(slots: number, seed: number, disturb?: (job: Job) => Error | undefined): Carrier {
  const random = new Random(keyOf(seed, 'test:carrier'))
  return {
    slots,
    run: async job => {
      for (let turns = random.below(12); turns > 0; turns--) await Promise.resolve()
      const error = disturb?.(job)
      if (error) throw error
      return measure(job)
    },
  }
}

const newJournal = () =>
  new Journal<Entry>(join(mkdtempSync(join(tmpdir(), 'temper-study-')), 'journal.jsonl'))

async function searched(
  carrier: Carrier,
  changes: Partial<StudySettings> = {},
  options: Partial<CoordinatorOptions> = {},
) {
  const path = join(mkdtempSync(join(tmpdir(), 'temper-study-')), 'journal.jsonl')
  const journal = new Journal<Entry>(path)
  const coordinator = new Coordinator({
    journal,
    carrier: () => carrier,
    settings: { ...settings, ...changes },
    ...options,
  })
  await coordinator.run()
  journal.close()
  return { state: coordinator.state, entries: readJournal<Entry>(path), path }
}

const ranking = (state: StudyState) =>
  state.searched.map(({ index, status, results }) => [index, status, results.map(r => r.values)])

describe('a study', () => {
  it('is what its journal says: every prefix gives the entry that followed it', async () => {
    const { state, entries } = await searched(shuffled(3, 1))
    expect(StudyState.replay(entries)).toEqual(state)
    for (const [i, entry] of entries.entries()) {
      if (i === 0 || !['trial', 'decision', 'finalists'].includes(entry.type)) continue
      const before = StudyState.replay(entries.slice(0, i))
      expect(follows(before) ?? nextTrial(before)).toEqual(entry)
    }
  })

  it('counts each part once and stops what does badly', async () => {
    const { state, entries } = await searched(shuffled(3, 2))
    const parts = entries.filter(e => e.type === 'result').map(e => `${e.trial}/${e.rung}`)
    expect(new Set(parts).size).toBe(parts.length)
    const ends = state.searched.map(trial => trial.status)
    expect(ends).not.toContain('running')
    expect(ends.filter(end => end === 'stopped').length).toBeGreaterThan(10)
    const { epochs, best, paretoFront, trials } = studyDocument(state, 1)
    expect(epochs!.trained).toBeLessThan(0.7 * epochs!.full)
    expect(trials[best!.index].state).toBe('complete')
    expect(paretoFront.length).toBeGreaterThan(0)
    expect(best!.values!.meanAccuracy.seeds).toBe(2)
  })

  it('has the same result at barriers, whoever comes first and whatever gets lost', async () => {
    const changes = { stopping: 'halving', sampler: 'halton' } as const
    const calm = await searched(shuffled(1, 3), changes)
    const losing = (job: Job) =>
      (job.trial + job.attempt) % 3 === 0 ? new ResumableError('killed') : undefined
    for (const seed of [4, 5, 6]) {
      const rough = await searched(shuffled(4, seed, losing), changes)
      expect(ranking(rough.state)).toEqual(ranking(calm.state))
      expect(rough.entries.some(entry => entry.type === 'lost')).toBe(true)
    }
  })

  it('gives up a part that is lost four times, and goes on with the others', async () => {
    const always = (job: Job) => (job.trial === 2 ? new ResumableError('killed') : undefined)
    const { state, entries } = await searched(shuffled(2, 7, always))
    expect(state.trials[2]).toMatchObject({ status: 'failed', reason: 'lost 4 times: killed' })
    expect(entries.filter(e => e.type === 'dispatched' && e.trial === 2)).toHaveLength(4)
    expect(state.searched).toHaveLength(24)
  })

  it('ends on what no other attempt would mend', async () => {
    const bad = () => new DataError('row 3: bad.')
    await expect(searched(shuffled(2, 8, bad))).rejects.toThrow('row 3: bad.')
  })

  it('leaves no job behind when it cannot go on', async () => {
    let stopped = 0
    const carrier: Carrier = {
      slots: 2,
      run: (job, { signal }) =>
        job.trial === 1
          ? Promise.reject(new DataError('row 3: bad.'))
          : new Promise(resolve => {
              signal!.addEventListener('abort', () => {
                stopped++
                resolve({ ...measure(job), state: 'interrupted' })
              })
            }),
    }
    await expect(searched(carrier)).rejects.toThrow('row 3: bad.')
    expect(stopped).toBe(1)
  })

  it('goes on after an interruption without losing or repeating a result', async () => {
    const stop = new AbortController()
    let count = 0
    const onEntry = (entry: Entry) => {
      if (entry.type === 'result' && ++count === 9) stop.abort()
    }
    const { path, state } = await searched(shuffled(2, 9), {}, { signal: stop.signal, onEntry })
    expect(state.trials.some(trial => trial.status === 'running')).toBe(true)
    const journal = new Journal<Entry>(path)
    const again = new Coordinator({ journal, carrier: () => shuffled(2, 10) })
    expect(again.state).toEqual(state)
    expect(await again.run()).toBe(true)
    const parts = readJournal<Entry>(path).filter(e => e.type === 'result')
    expect(new Set(parts.map(e => `${e.trial}/${e.rung}`)).size).toBe(parts.length)
  })

  it('takes the first result of a part only, and none of another study', async () => {
    const coordinator = new Coordinator({
      journal: newJournal(),
      carrier: () => shuffled(1, 1),
      settings: { ...settings, trials: 1, repeats: 1 },
    })
    await coordinator.run()
    const { id } = coordinator.state
    const at = { study: id, trial: 0, rung: 0, attempt: 2 }
    const other: TrialResult = {
      state: 'measured',
      untilEpoch: 1,
      values: { cleanAccuracy: 1 },
      hash: 'y',
    }
    const before = ranking(coordinator.state)
    for (const forged of [at, { ...at, study: 'other' }, { ...at, trial: 7 }, { ...at, rung: 9 }])
      expect(coordinator.accept(forged, other)).toBe(false)
    expect(ranking(coordinator.state)).toEqual(before)
  })

  it('takes more trials on request', async () => {
    const { path } = await searched(shuffled(2, 1), { trials: 3, repeats: 1 })
    const journal = new Journal<Entry>(path)
    const more = new Coordinator({ journal, carrier: () => shuffled(2, 1) })
    more.ask(5)
    await more.run()
    expect(more.state.searched).toHaveLength(5)
  })
})

describe('the name of a study', () => {
  const changed = (changes: object) => studyId({ ...settings, ...changes } as StudySettings)
  const id = studyId(settings)

  it('does not hold where things lie, nor how many trials there are', () => {
    const data = { train: 'elsewhere', test: 'there' }
    expect(changed({ recipe: { ...settings.recipe, data } })).toBe(id)
    expect(changed({ trials: 99, repeats: 5 })).toBe(id)
  })

  it('holds what decides the results', () => {
    expect(changed({ content: { ...settings.content, train: 'other' } })).not.toBe(id)
    expect(changed({ seed: 1 })).not.toBe(id)
    expect(changed({ engine: { column: 'blocked', block: 16 } })).not.toBe(id)
    const data = { ...(settings.recipe.data as object), limit: 10 }
    expect(changed({ recipe: { ...settings.recipe, data } })).not.toBe(id)
  })
})

it('shows no test data to a trial', () => {
  const { data, seed } = recipeOf(settings, {
    point: { 'input:gaussian': false, 'optimizer.learningRate': 0.01 },
    seed: 3,
  })
  expect(data).toEqual({ train: 'mnist:train' })
  expect(seed).toBe(3)
})
