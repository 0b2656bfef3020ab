import { describe, expect, it } from 'vitest'
import { averageWeights } from './average.js'

const lengths = { epochs: 2, batchesPerEpoch: 10, samplesPerEpoch: 100 }
const weightsAt = (step: number) => Float32Array.of(step, -2 * step)

function run(settings: Parameters<typeof averageWeights>[0], steps: number): number[] {
  const average = weightsAt(0)
  for (let step = 1; step <= steps; step++)
    averageWeights(settings, average, weightsAt(step), { step, lengths })
  return [...average]
}

describe('averages of the weights', () => {
  it('stochastic: the mean of all updates from its time on, the weights themselves before', () => {
    const settings = { kind: 'stochastic', from: '50%' } as const
    expect(run(settings, 10)).toEqual([10, -20])
    const mean = (11 + 12 + 13 + 14) / 4
    expect(run(settings, 14)[0]).toBeCloseTo(mean, 5)
    expect(run(settings, 14)[1]).toBeCloseTo(-2 * mean, 5)
  })

  it('exponential: as the sum it stands for, the early decay being smaller', () => {
    const decay = 0.6
    let wanted = 0
    for (let step = 1; step <= 12; step++) {
      const d = Math.min(decay, (1 + step) / (10 + step))
      wanted = d * wanted + (1 - d) * step
    }
    expect(run({ kind: 'exponential', decay }, 12)[0]).toBeCloseTo(wanted, 4)
  })
})
