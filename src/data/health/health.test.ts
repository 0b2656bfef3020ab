import { describe, expect, it } from 'vitest'
import { keyOf, Random } from '../../base/index.js'
import { type Dataset, memoryDataset, openData, subset } from '../index.js'
import { checkData } from './check.js'
import { findLabelIssues } from './label-issues.js'
import { findLeaks } from './leaks.js'

const set = (kind: Dataset['kind'], shape: number[], rows: number[][], rest = {}) =>
  memoryDataset({
    name: 'set',
    format: 'npz',
    detected: 'set.',
    kind,
    shape,
    values: Float32Array.from(rows.flat()),
    ...rest,
  })

describe('the check of a data set', () => {
  it('finds what is planted, and counts it exactly', async () => {
    const rows = [
      [0.1, 0.2],
      [0.3, 0.3],
      [0.1, 0.2],
      [0.1, 0.2],
      [0, 1],
      [0.9, 3],
    ]
    const health = await checkData(
      set('image', [1, 1, 2], rows, {
        labels: Int32Array.of(0, 0, 0, 1, 0, 0),
        classes: ['a', 'b', 'c'],
      }),
    )
    expect(health.duplicates).toEqual({
      count: 2,
      first: [
        ['2', '0'],
        ['3', '0'],
      ],
    })
    expect(health.conflicting).toEqual({ count: 1, first: [['3', '0']] })
    expect(health.constant).toEqual({ count: 1, first: ['1'] })
    expect(health.classes).toEqual([
      { name: 'a', samples: 5 },
      { name: 'b', samples: 1 },
      { name: 'c', samples: 0 },
    ])
    const values = rows.flat()
    const mean = values.reduce((a, b) => a + b) / 12
    expect(health.range.mean).toBeCloseTo(mean, 6)
    expect(health.range.deviation).toBeCloseTo(
      Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / 12),
      6,
    )
    expect(health.warnings).toEqual([
      '1 of 6 samples are equal to another one that has a different label.',
      '2 of 6 samples are equal to an earlier one.',
      '1 of 6 samples have the same value everywhere.',
      '1 of 3 classes have no sample: c.',
      'Values reach from 0 to 3, where pixels are expected in [0,1]: noise levels would not mean what they say.',
    ])
  })

  it('finds silence and clipping in recordings', async () => {
    const health = await checkData(
      set(
        'audio',
        [1, 4],
        [
          [0, 0, 0, 0],
          [1e-4, 0, -1e-4, 0],
          [1, 1, -1, 0.2],
          [0.1, 0.2, 0.3, 0.1],
        ],
        { sampleRate: 8000 },
      ),
    )
    expect(health.silent.first).toEqual(['0', '1'])
    expect(health.clipped.first).toEqual(['2'])
    expect(health.constant.count).toBe(0)
  })

  it('says nothing about MNIST but its nature: balanced, no duplicates', async () => {
    const health = await checkData(await openData('mnist:test'))
    expect(health.warnings).toEqual([])
    expect(health.range.mean).toBeCloseTo(0.1325, 4)
    expect(health.range.deviation).toBeCloseTo(0.3105, 3)
  })
})

describe('leaks between splits', () => {
  it('finds equal samples and common groups', async () => {
    const all = set(
      'vector',
      [2],
      [
        [1, 2],
        [3, 4],
        [5, 6],
        [1, 2],
      ],
    )
    const grouped: Dataset = { ...all, group: index => `speaker ${index % 3}` }
    const [train, test] = [
      subset(grouped, Uint32Array.of(0, 1)),
      subset(grouped, Uint32Array.of(2, 3)),
    ]
    const leaks = await findLeaks(train, test)
    expect(leaks.samples).toEqual({ count: 1, first: [['3', '0']] })
    expect(leaks.groups).toEqual(['speaker 0'])
    expect(leaks.warnings.length).toBe(2)
    expect(
      (await findLeaks(subset(all, Uint32Array.of(0, 1)), subset(all, Uint32Array.of(2)))).warnings,
    ).toEqual([])
  })
})

describe('confident learning', () => {
  it('follows the definition on a case small enough for paper', () => {
    // thresholds: t0 = (.9 + .8 + .2) / 3 = .633, t1 = (.7 + .6 + .1) / 3 = .467
    const p = [
      [0.9, 0.1],
      [0.8, 0.2],
      [0.2, 0.8],
      [0.3, 0.7],
      [0.4, 0.6],
      [0.9, 0.1],
    ]
    const { joint, issues, errorRate } = findLabelIssues(p.flat(), [0, 0, 0, 1, 1, 1], 2)
    expect(joint).toEqual([
      [2, 1],
      [1, 2],
    ])
    expect(issues).toEqual([
      { index: 5, label: 1, suggested: 0, confidence: 0.1 },
      { index: 2, label: 0, suggested: 1, confidence: 0.2 },
    ])
    expect(errorRate).toBeCloseTo(2 / 6)
  })

  it('finds planted label errors among uncertain predictions', () => {
    const random = new Random(keyOf(3, 'planted'))
    const [count, classes] = [3000, 5]
    const truth = Array.from({ length: count }, () => random.below(classes))
    const planted = new Set<number>()
    const labels = truth.map((label, i) => {
      if (random.float() >= 0.08) return label
      planted.add(i)
      return (label + 1 + random.below(classes - 1)) % classes
    })
    const p = truth.flatMap(label => {
      const scores = Array.from({ length: classes }, (_, j) =>
        Math.exp((j === label ? 3 : 0) + random.normal()),
      )
      const sum = scores.reduce((a, b) => a + b)
      return scores.map(score => score / sum)
    })
    const { issues, errorRate } = findLabelIssues(p, labels, classes)
    const hits = issues.filter(({ index }) => planted.has(index)).length
    expect(hits / planted.size).toBeGreaterThan(0.85)
    // more precise than doubting every label the model disagrees with
    const argmax = (row: number[]) => row.indexOf(Math.max(...row))
    const doubted = labels.flatMap((label, i) =>
      argmax(p.slice(i * classes, i * classes + classes)) === label ? [] : [i],
    )
    const naive = doubted.filter(index => planted.has(index)).length / doubted.length
    expect(hits / issues.length).toBeGreaterThan(Math.max(naive + 0.2, 0.8))
    expect(
      issues.filter(({ index, suggested }) => planted.has(index) && suggested === truth[index])
        .length / hits,
    ).toBeGreaterThan(0.95)
    expect(Math.abs(errorRate - 0.08)).toBeLessThan(0.03)
  })

  it('has nothing to say about right labels, one class, or no samples; refuses wrong shapes', () => {
    expect(findLabelIssues([0.9, 0.1, 0.2, 0.8], [0, 1], 2).issues).toEqual([])
    expect(findLabelIssues([1, 1], [0, 0], 1).issues).toEqual([])
    expect(findLabelIssues([], [], 3)).toMatchObject({ issues: [], errorRate: 0 })
    expect(() => findLabelIssues([1], [0], 2)).toThrow(/expected 2 probabilities/)
    expect(() => findLabelIssues([0.5, 0.5], [2], 2)).toThrow(/labels from 0 to 1/)
  })
})
