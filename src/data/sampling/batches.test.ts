import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  batches,
  batchesPerEpoch,
  type Dataset,
  epochOrder,
  everyKth,
  first,
  limit,
  memoryDataset,
  splitBy,
} from '../index.js'

function numbers(length: number, classes = 3): Dataset {
  return memoryDataset({
    name: 'numbers',
    format: 'csv',
    detected: 'numbers',
    kind: 'vector',
    shape: [2],
    values: Float32Array.from({ length: length * 2 }, (_, i) => i),
    labels: Int32Array.from({ length }, (_, i) => i % classes),
    classes: Array.from({ length: classes }, (_, c) => String(c)),
  })
}

/** The same samples behind promises that settle out of order. */
function slow(dataset: Dataset): Dataset {
  return {
    ...dataset,
    immediate: false,
    read: async (index, out) => {
      for (let turn = 0; turn < (index * 7) % 5; turn++) await Promise.resolve()
      dataset.read(index, out)
    },
  }
}

async function collect(dataset: Dataset, options: Parameters<typeof batches>[1]) {
  const all = []
  for await (const batch of batches(dataset, options))
    all.push({ ...batch, data: Array.from(batch.data) })
  return all
}

describe('batches', () => {
  it('covers every sample once, the last batch partial, rows beside their labels and ids', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (length, batch, copies, isSlow) => {
          const dataset = isSlow ? slow(numbers(length)) : numbers(length)
          const all = await collect(dataset, {
            batch,
            copies,
            order: 'shuffled',
            seed: 3,
            epoch: 1,
          })
          expect(all.length).toBe(batchesPerEpoch(dataset, batch))
          const seen = all.flatMap(b => Array.from(b.indices))
          expect(seen.length).toBe(length * copies)
          expect(new Set(seen).size).toBe(length)
          for (const b of all)
            for (let row = 0; row < b.rows; row++) {
              const index = b.indices[row]
              expect(b.data.slice(row * 2, row * 2 + 2)).toEqual([index * 2, index * 2 + 1])
              expect(b.labels![row]).toBe(index % 3)
              expect(b.ids[row]).toBe(index)
              expect(b.copies[row]).toBe(row % copies)
            }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('goes on at any batch with the same bits, and writes into the memory it is given', async () => {
    const options = { batch: 4, order: 'shuffled', seed: 1, epoch: 2 } as const
    const whole = await collect(numbers(19), options)
    for (let start = 0; start <= 5; start++)
      expect(await collect(slow(numbers(19)), { ...options, start })).toEqual(whole.slice(start))
    const into = new Float32Array(8)
    for await (const batch of batches(numbers(19), { batch: 4, into }))
      expect(batch.data.buffer).toBe(into.buffer)
  })

  it('shuffles by seed and epoch, and by windows of blocks where there are blocks', () => {
    const plain = { length: 100 }
    expect(epochOrder(plain, 0, 0)).toEqual(epochOrder(plain, 0, 0))
    expect(epochOrder(plain, 0, 0)).not.toEqual(epochOrder(plain, 0, 1))
    expect(epochOrder(plain, 0, 0)).not.toEqual(epochOrder(plain, 1, 0))
    const blocks = Array.from({ length: 20 }, (_, i) => (i + 1) * 5)
    const order = epochOrder({ length: 100, blocks }, 0, 0)
    expect(order.toSorted()).toEqual(Uint32Array.from({ length: 100 }, (_, i) => i))
    expect(new Set(order.slice(0, 40).map(i => Math.floor(i / 5))).size).toBe(8)
  })

  it('hands a failed read to the one who asked, and refuses a batch of nothing', async () => {
    const broken: Dataset = {
      ...slow(numbers(9)),
      read: async () => Promise.reject(new Error('gone')),
    }
    await expect(collect(broken, { batch: 2 })).rejects.toThrow('gone')
    await expect(collect(numbers(9), { batch: 0 })).rejects.toThrow(
      /batch: expected a whole number/,
    )
  })
})

describe('choosing samples', () => {
  const idsOf = (dataset: Dataset) =>
    Array.from({ length: dataset.length }, (_, i) => dataset.id(i))

  it('splits by identity: disjoint, seeded, and stable when samples are added', () => {
    const { kept, held } = splitBy(numbers(1000), { fraction: 0.2, seed: 5 })
    expect(new Set([...idsOf(kept), ...idsOf(held)]).size).toBe(1000)
    // 5 standard errors of a binomial count
    expect(Math.abs(held.length - 200)).toBeLessThan(5 * Math.sqrt(1000 * 0.2 * 0.8))
    const more = splitBy(numbers(1500), { fraction: 0.2, seed: 5 })
    expect(idsOf(more.held).filter(id => id < 1000)).toEqual(idsOf(held))
    expect(idsOf(splitBy(numbers(1000), { fraction: 0.2, seed: 6 }).held)).not.toEqual(idsOf(held))
  })

  it('keeps a group on one side', () => {
    const dataset: Dataset = { ...numbers(300), group: index => `speaker ${index % 20}` }
    const { kept, held } = splitBy(dataset, { fraction: 0.3, seed: 0, by: 'group' })
    const groups = (d: Dataset) => new Set(Array.from({ length: d.length }, (_, i) => d.group!(i)))
    expect([...groups(kept)].filter(g => groups(held).has(g))).toEqual([])
    expect(() => splitBy(numbers(9), { fraction: 0.3, seed: 0, by: 'group' })).toThrow(/no groups/)
  })

  it("limits in the classes' proportions, seeded, in order", () => {
    const chosen = limit(numbers(1000, 4), 101, 7)
    const ids = idsOf(chosen)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    expect(ids.length).toBe(101)
    for (let c = 0; c < 4; c++)
      expect(Math.abs(ids.filter(id => id % 4 === c).length - 25.25)).toBeLessThan(1)
    expect(idsOf(limit(numbers(1000, 4), 101, 8))).not.toEqual(ids)
    expect(limit(numbers(10), 50, 0).length).toBe(10)
  })

  it('takes the first and every k-th in order, and hashes what was taken', async () => {
    expect(idsOf(first(numbers(10), 3))).toEqual([0, 1, 2])
    expect(idsOf(everyKth(numbers(10), 4))).toEqual([0, 4, 8])
    expect(await first(numbers(10), 3).sha256()).not.toBe(await everyKth(numbers(10), 4).sha256())
    expect(() => first(numbers(3), 1.5)).toThrow(/--first: expected a whole number/)
  })
})

describe('balanced order', () => {
  const labels = Int32Array.from({ length: 100 }, (_, i) => (i < 90 ? 0 : i < 97 ? 1 : 2))
  const uneven = { ...numbers(100), labels }

  async function epochOf(epoch: number) {
    const rows: { index: number; copy: number; label: number }[] = []
    for await (const batch of batches(uneven, { batch: 16, order: 'balanced', seed: 3, epoch }))
      for (let row = 0; row < batch.rows; row++)
        rows.push({ index: batch.indices[row], copy: batch.copies[row], label: batch.labels![row] })
    return rows
  }

  it('draws every class equally often, no row twice, and covers the frequent class over time', async () => {
    const rows = await epochOf(0)
    const counts = [0, 1, 2].map(label => rows.filter(row => row.label === label).length)
    expect(counts).toEqual([34, 33, 33])
    expect(new Set(rows.map(({ index, copy }) => `${index} ${copy}`)).size).toBe(100)
    const seen = new Set<number>()
    for (let epoch = 0; epoch < 12; epoch++)
      for (const { index, label } of await epochOf(epoch)) if (label === 0) seen.add(index)
    expect(seen.size).toBeGreaterThan(80)
  })

  it('begins anywhere in the epoch with the same rows', async () => {
    const all = await epochOf(1)
    const options = { batch: 16, order: 'balanced', seed: 3, epoch: 1, start: 4 } as const
    const late: number[] = []
    for await (const batch of batches(uneven, options)) late.push(...batch.indices)
    expect(late).toEqual(all.slice(64).map(({ index }) => index))
  })
})

describe('the easiest samples', () => {
  const data = numbers(100)
  // Class c = i % 3; of each class the later samples are the easier ones.
  const losses = Float32Array.from({ length: 100 }, (_, i) => 100 - i)
  const options = { batch: 16, order: 'shuffled', seed: 3, epoch: 2 } as const

  async function drawn(changes: Partial<Parameters<typeof batches>[1]> = {}) {
    const easiest = { losses, share: 0.3 }
    const all = await collect(data, { ...options, easiest, ...changes })
    return all.flatMap(({ indices, copies, labels }) =>
      Array.from(indices, (index, row) => ({ index, copy: copies[row], label: labels![row] })),
    )
  }

  it('fill the epoch alone, each class as often as ever, no row twice', async () => {
    const rows = await drawn()
    expect(rows).toHaveLength(100)
    expect([0, 1, 2].map(c => rows.filter(row => row.label === c).length)).toEqual([34, 33, 33])
    // ceil(0.3 * 34), ceil(0.3 * 33) and again of the classes: 11, 10 and 10, the last of each.
    const pool = new Set(rows.map(({ index }) => index))
    expect([...pool].sort((a, b) => a - b)).toEqual(Array.from({ length: 31 }, (_, i) => 69 + i))
    expect(new Set(rows.map(({ index, copy }) => `${index} ${copy}`)).size).toBe(100)
    expect(await drawn()).toEqual(rows)
    expect(await drawn({ epoch: 3 })).not.toEqual(rows)
  })

  it('are what classes are balanced with, begin anywhere, and are never none', async () => {
    const balanced = await drawn({ order: 'balanced' })
    expect(Math.min(...balanced.map(({ index }) => index))).toBe(69)
    expect(await drawn({ start: 4 })).toEqual((await drawn()).slice(64))
    const [least] = [await drawn({ easiest: { losses, share: 0 } })]
    expect(new Set(least.map(({ index }) => index))).toEqual(new Set([97, 98, 99]))
  })

  it('of a regression are the easiest of all', async () => {
    const { labels: _, classes: __, ...rest } = data
    const values = { ...rest, targets: Float32Array.from({ length: 100 }) } as Dataset
    const all = await collect(values, { ...options, easiest: { losses, share: 0.2 } })
    expect(new Set(all.flatMap(({ indices }) => [...indices])).size).toBe(20)
    expect(Math.min(...all.flatMap(({ indices }) => [...indices]))).toBe(80)
  })
})
