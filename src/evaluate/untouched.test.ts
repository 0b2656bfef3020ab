import { describe, expect, it } from 'vitest'
import { memoryDataset } from '../data/index.js'
import { evaluate } from './index.js'

describe('silence under a signal-to-noise ratio', () => {
  it('stays as it is, is counted and said, and ends nothing', async () => {
    const values = new Float32Array(6 * 400)
    for (let i = 0; i < 4 * 400; i++) values[i] = 0.4 * Math.sin(i * 0.3)
    const data = memoryDataset({
      name: 'tones and silence',
      format: 'memory',
      detected: '',
      kind: 'audio',
      shape: [1, 400],
      sampleRate: 8000,
      values,
      labels: Int32Array.from([0, 1, 0, 1, 0, 1]),
      classes: ['a', 'b'],
    })
    const seen: number[] = []
    const predict = (batch: Float32Array) => {
      const rows = batch.length / 400
      seen.push(...batch.subarray(4 * 400).filter(v => v !== 0))
      return Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2) - 0.5)
    }
    const card = await evaluate({ predict, outputs: 2, data, suite: 'audio-snr' })
    expect(seen).toEqual([])
    expect(card.conditions.length).toBe(5)
    for (const { untouched } of card.conditions)
      expect(untouched).toMatchObject({ samples: 2, reason: expect.stringContaining('silent') })
    expect(
      card.warnings?.filter(w => /white left 2 of 6 samples as they were/.test(w)).length,
    ).toBe(1)
  })
})
