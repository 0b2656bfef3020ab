import { describe, expect, it } from 'vitest'
import { memoryDataset } from '../data/index.js'
import { measureSuite, suiteOf } from '../evaluate/index.js'
import type { Predictor } from '../model/index.js'
import type { Resolved } from '../recipe/index.js'
import { checkSizeOf } from './check-size.js'

/** Images of one pixel, `n` of them. */
const images = (n: number) =>
  memoryDataset({
    ...{ name: 'pixels', format: 'memory', detected: '', kind: 'image', shape: [1, 1, 1] },
    values: new Float32Array(n).fill(0.5),
    labels: new Int32Array(n),
    classes: ['a', 'b'],
  })

function resolvedWith(trained: number, heldOut: number, monitor: object = {}) {
  const lengths = { epochs: 5, batchesPerEpoch: Math.ceil(trained / 128), samplesPerEpoch: trained }
  const recipe = { monitor: { every: '1ep', suite: 'gaussian', ...monitor }, train: { batch: 128 } }
  return { recipe, lengths, validation: images(heldOut) } as unknown as Resolved
}

describe('the size of a check', () => {
  it('grows with what is trained between two checks, and never takes a twentieth of it', () => {
    const sizes = [2_000, 18_000, 54_000, 1e6].map(n => checkSizeOf(resolvedWith(n, 1e4)))
    expect(sizes).toMatchObject([
      { samples: 400, looks: 1 },
      { samples: 412, looks: 1 },
      { samples: 1000, looks: 1 },
      { samples: 1000, looks: 5 },
    ])
    const often = checkSizeOf(resolvedWith(54_000, 1e4, { every: '30ba' }))
    expect(often).toMatchObject({ samples: 400, looks: 1, conditions: 5 })
  })

  it('looks at few samples under every condition, and at those asked for', () => {
    expect(checkSizeOf(resolvedWith(2_000, 100))).toMatchObject({ samples: 100, looks: 5 })
    const asked = checkSizeOf(resolvedWith(2_000, 5000, { samples: 3000 }))
    expect(asked).toEqual({ samples: 3000, looks: 5, conditions: 5 })
  })
})

describe('conditions dealt out in turn', () => {
  const predict = async (_: Float32Array, rows: number) => new Float32Array(2 * rows)
  const predictor = { outputKind: 'logits', outputSize: 2, predict, concurrency: 1 }
  const data = images(100)
  const run = (looks?: number) => {
    const seen: number[][] = []
    return measureSuite({
      ...{ predictor: predictor as unknown as Predictor, data, seed: 0, batch: 10, looks },
      suite: suiteOf('gaussian', data),
      together: true,
      onAnswers: (_, noisy) => seen.push(noisy.map(draws => draws.length)),
    }).then(measured => ({ measured, seen }))
  }

  it('shows each batch as many as asked for, all of them equally often', async () => {
    const { seen, measured } = await run(2)
    expect(seen.map(draws => draws.reduce((a, b) => a + b))).toEqual(new Array(10).fill(2))
    const often = seen[0].map((_, i) => seen.reduce((sum, draws) => sum + draws[i], 0))
    expect(often).toEqual([4, 4, 4, 4, 4])
    expect(measured).toMatchObject({ answers: 300, noisy: { samples: 200 }, conditions: [] })
  })

  it('shows all of them where nothing is asked for', async () => {
    const { seen, measured } = await run()
    expect(seen.flat()).toEqual(new Array(50).fill(1))
    expect(measured.answers).toBe(600)
  })
})
