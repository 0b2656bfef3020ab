import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import type { Study, Trial } from '../../record/index.js'
import { studyPage } from './page.js'

const hostile = '</script><img src=x onerror=alert(1)>'

function trial(index: number, state: Trial['state'], clean: number, noisy: number): Trial {
  const values = { cleanAccuracy: clean, meanAccuracy: noisy }
  const epochs = state === 'complete' ? 9 : 1
  const parameters = { 'input:gaussian': index % 2 === 0, [hostile]: 0.1 * index, shape: hostile }
  const rungs = [1, 3, 9].filter(e => e <= epochs).map(at => ({ epochs: at, values }))
  return { index, state, values, epochs, parameters, rungs }
}

const study: Study = {
  schema: 'temper.study/1',
  version: '0.0.0',
  ...{ seed: 0, device: 'cpu', threads: 1, id: 'abcdefghijklmnop' },
  data: { source: hostile, kind: 'image', samples: 1000 },
  objectives: [
    { name: 'cleanAccuracy', better: 'higher', weight: 1 },
    { name: 'meanAccuracy', better: 'higher', weight: 2 },
  ],
  space: {
    'input:gaussian': { kind: 'choice', values: [false, true] },
    [hostile]: { kind: 'range', from: 0, to: 1, when: { parameter: 'input:gaussian', is: true } },
    shape: { kind: 'choice', values: [hostile, 'other'] },
  },
  search: { sampler: 'tpe', stopping: 'asha', eta: 3, rungs: [1, 3, 9], trials: 5 },
  trials: [
    trial(0, 'complete', 0.9, 0.6),
    trial(1, 'complete', 0.8, 0.8),
    trial(2, 'complete', 0.7, 0.85),
    trial(3, 'pruned', 0.5, 0.4),
    { ...trial(4, 'diverged', 0, 0), values: {}, rungs: [] },
    { ...trial(5, 'complete', 0.81, 0.79), repeats: 1, seed: 1 },
  ],
  paretoFront: [0, 1, 2],
  knee: 1,
  best: {
    index: 1,
    reason: hostile,
    values: {
      cleanAccuracy: { mean: 0.805, standardDeviation: 0.007, seeds: 2 },
      meanAccuracy: { mean: 0.795, standardDeviation: 0.007, seeds: 2 },
    },
  },
  epochs: { trained: 29, full: 45 },
  importance: [
    { objective: 'cleanAccuracy', trials: 12, shares: { 'input:gaussian': 0.5, [hostile]: 0.2 } },
  ],
  notSearched: [hostile],
}

describe('the page of a study', () => {
  const text = studyPage(study, `# ${hostile}\nmodel: {}\n`)
  const { document } = parseHTML(text)

  it('runs nothing that came from outside', () => {
    expect(document.querySelectorAll('img, script:not([type="application/json"])')).toHaveLength(0)
    expect(JSON.parse(document.querySelector('#temper-data')!.textContent!)).toEqual(study)
    expect(document.querySelector('pre')!.textContent).toContain(hostile)
  })

  it('says what is recommended, and how sure that is', () => {
    expect(document.querySelector('h1')!.textContent).toBe(
      'Trial 1 is recommended: 80.5% clean accuracy, 79.5% mean accuracy',
    )
    expect(document.body.textContent).toContain('5 trials: 3 complete, 1 stopped early, 1 diverged')
    expect(document.body.textContent).toContain('36% were saved')
  })

  it('has its figures numbered in order, and no NaN', () => {
    const numbers = [...document.querySelectorAll('figcaption b')].map(b => b.textContent)
    expect(numbers).toEqual([1, 2, 3, 4, 5].map(n => `Figure ${n}.`))
    expect(text.replace(/<script.*/s, '')).not.toMatch(/NaN|undefined|\[object/)
  })

  it('stands without a complete trial, and with one objective', () => {
    const { best: _, knee: __, ...early } = study
    const page = studyPage({ ...early, trials: [], paretoFront: [], importance: [] })
    expect(page).toContain('No trial has come to its end yet')
    expect(studyPage({ ...study, objectives: [study.objectives[1]] })).toContain(
      '79.5% mean accuracy',
    )
  })

  it('is the same every time', () => {
    expect(studyPage(study, `# ${hostile}\nmodel: {}\n`)).toBe(text)
  })
})
