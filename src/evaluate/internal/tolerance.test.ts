import { describe, expect, it } from 'vitest'
import type { ConditionDraws } from './draws.js'
import { sharpness, tolerances } from './tolerance.js'

const step = (
  level: Record<string, number>,
  scores: readonly number[],
  kind = 'gaussian',
): ConditionDraws => ({
  condition: { at: 'weight', kind, severity: 1, level, clip: null, draws: scores.length },
  draws: scores.map(score => ({ score, loss: 1 - score })),
})
const clean = { score: 0.9, loss: 0.1 }

describe('the tolerance of noise on weights', () => {
  it('is where each draw falls by the budget, and the median of the draws', () => {
    const [found] = tolerances(
      [step({ relative: 0.1 }, [0.9, 0.86, 0.9]), step({ relative: 0.2 }, [0.8, 0.7, 0.5])],
      clean,
      0.05,
    )
    // 0.85 lies at .15 of the first curve, at .1 + .1 / 16 of the second, at .1 + .1 / 8 of the third.
    expect(found.level).toBeCloseTo(0.1125, 10)
    expect(found.interval[0]).toBeCloseTo(0.1 + 0.1 / 16, 10)
    expect(found.interval[1]).toBeCloseTo(0.15, 10)
    expect(found.confidence).toBe(0.75)
  })

  it('is null where a draw never falls, and starts from the clean score', () => {
    const [found] = tolerances(
      [step({ relative: 0.1 }, [0.4, 0.9]), step({ relative: 0.2 }, [0.4, 0.9])],
      clean,
      0.05,
    )
    expect(found.interval[0]).toBeCloseTo(0.01, 10)
    expect(found.interval[1]).toBeNull()
    expect(found.level).toBeNull()
    expect(found.strongest).toBe(0.2)
  })

  it('keeps kinds apart and leaves out what has no growing level', () => {
    const found = tolerances(
      [
        step({ rate: 0.1 }, [0.5, 0.5], 'zeroed'),
        step({ rate: 0.2 }, [0.5, 0.5], 'zeroed'),
        step({ bits: 8 }, [0.9, 0.9], 'quantization'),
        step({ bits: 4 }, [0.5, 0.5], 'quantization'),
        step({ rho: 0.1 }, [0.5, 0.5], 'random_direction'),
      ],
      clean,
      0.01,
    )
    expect(found.map(({ kind }) => kind)).toEqual(['zeroed'])
  })

  it('takes a share of the error of a regression', () => {
    const [found] = tolerances(
      [step({ relative: 0.1 }, [-1, -1]), step({ relative: 0.2 }, [-2, -2])],
      { score: -1, loss: 1 },
      0.5,
    )
    expect(found.level).toBeCloseTo(0.15, 10)
  })
})

describe('sharpness', () => {
  it('is the rise of the loss under random directions, with the draws around it', () => {
    const found = sharpness([step({ rho: 0.1 }, [0.8, 0.6], 'random_direction')], clean)
    expect(found).toHaveLength(1)
    expect(found[0].lossRise).toBeCloseTo(0.2, 10)
    expect(found[0].interval.map(v => Number(v.toFixed(6)))).toEqual([0.1, 0.3])
  })
})
