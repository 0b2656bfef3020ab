import { describe, expect, it } from 'vitest'
import { type Dataset, splitBy } from '../index.js'
import { memoryDataset } from '../sources/memory.js'

function rows(labels: readonly number[], groups?: readonly string[]): Dataset {
  return memoryDataset({
    name: 'rows',
    format: 'csv',
    detected: 'rows.',
    kind: 'vector',
    shape: [1],
    values: Float32Array.from(labels, (_, i) => i),
    labels: Int32Array.from(labels),
    groups,
  })
}

const ids = (data: Dataset) => Array.from({ length: data.length }, (_, i) => data.id(i))
const classesOf = ({ labels }: Dataset) => [...new Set(labels)].sort((a, b) => a - b)
const groupsOf = ({ length, group }: Dataset) =>
  new Set(Array.from({ length }, (_, index) => group!(index)))

describe('holding samples back', () => {
  it('every class at the same share', () => {
    const data = rows(Array.from({ length: 6000 }, (_, i) => i % 3))
    const { held } = splitBy(data, { fraction: 0.2, seed: 1 })
    for (const label of [0, 1, 2]) {
      const count = held.labels!.filter(l => l === label).length
      expect(Math.abs(count - 400)).toBeLessThan(5 * Math.sqrt(2000 * 0.2 * 0.8))
    }
  })

  it('a class of two samples or more is on both sides, whatever the seed; one of one sample stays', () => {
    const labels = [...Array(60).fill(0), 1, 1, 2, 2, 2, 3]
    for (let seed = 0; seed < 50; seed++) {
      const { kept, held } = splitBy(rows(labels), { fraction: 0.1, seed })
      expect(classesOf(held).filter(c => c < 3)).toEqual([0, 1, 2])
      expect(classesOf(kept).filter(c => c < 3)).toEqual([0, 1, 2])
      expect(ids(kept).length + ids(held).length).toBe(labels.length)
    }
  })

  it('nobody changes sides when a thousand rows are added', () => {
    const labels = Array.from({ length: 1000 }, (_, i) => i % 5)
    const few = splitBy(rows(labels), { fraction: 0.3, seed: 4 })
    const more = splitBy(rows([...labels, ...labels]), { fraction: 0.3, seed: 4 })
    expect(ids(more.held).filter(id => id < 1000)).toEqual(ids(few.held))
  })
})

describe('holding groups back', () => {
  it('no group is on both sides, and every class of two groups is on both', () => {
    // ten patients of one disease each: classes 0 (six patients), 1 (two) and 2 (two)
    const disease = [0, 0, 0, 0, 0, 0, 1, 1, 2, 2]
    const patients = Array.from({ length: 200 }, (_, i) => i % 10)
    const data = rows(
      patients.map(p => disease[p]),
      patients.map(p => `patient ${p}`),
    )
    for (let seed = 0; seed < 50; seed++) {
      const { kept, held } = splitBy(data, { fraction: 0.2, seed, by: 'group' })
      expect([...groupsOf(kept)].filter(group => groupsOf(held).has(group))).toEqual([])
      expect(classesOf(kept)).toEqual([0, 1, 2])
      expect(classesOf(held)).toEqual([0, 1, 2])
    }
  })

  it('four speakers of all words give one of them at least, and no more than the hash says', () => {
    const data = rows(
      Array.from({ length: 80 }, (_, i) => i % 10),
      Array.from({ length: 80 }, (_, i) => `speaker ${Math.floor(i / 20)}`),
    )
    for (let seed = 0; seed < 50; seed++) {
      const { held } = splitBy(data, { fraction: 0.05, seed, by: 'group' })
      expect(groupsOf(held).size).toBeGreaterThan(0)
      expect(groupsOf(held).size).toBeLessThan(4)
    }
  })

  it('one group alone, or none known, cannot be split', () => {
    const one = rows([0, 1, 0, 1], ['a', 'a', 'a', 'a'])
    expect(() => splitBy(one, { fraction: 0.5, seed: 0, by: 'group' })).toThrow(/one part empty/)
    expect(() => splitBy(rows([0, 1]), { fraction: 0.5, seed: 0, by: 'group' })).toThrow(
      /no groups \(speakers\) to split by\. Of a table say which column they are: `group`/,
    )
  })
})
