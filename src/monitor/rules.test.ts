import { describe, expect, it } from 'vitest'
import { UsageError } from '../base/index.js'
import { parseCondition } from './condition.js'
import { type Figures, figures, figuresOf, type History } from './figures.js'
import { parseKeep } from './keep.js'
import { plateauOf } from './plateau.js'
import { reasonToStop } from './stop.js'

const history = (...rows: Figures[]): History =>
  rows.map((figures, i) => ({ step: 10 * (i + 1), figures }))
const clean = (...values: number[]) => history(...values.map(cleanAccuracy => ({ cleanAccuracy })))

/** The step a rule ends up with when it is asked after every check. */
function keptBy(text: string, all: History): number | undefined {
  const rule = parseKeep(text)
  let kept: History[number] | undefined
  all.forEach((check, i) => {
    if (rule.prefers(all.slice(0, i + 1), kept?.figures)) kept = check
  })
  return kept?.step
}

describe('figures', () => {
  it('are read from a check by name; scores turn errors round', () => {
    const seen = figuresOf({ clean: { rmse: 2, nll: 1 }, noisy: { rmse: 3 } })
    expect(seen).toEqual({
      cleanScore: -2,
      noisyScore: -3,
      robustScore: -2.5,
      cleanRmse: 2,
      noisyRmse: 3,
      cleanNll: 1,
    })
    expect(Object.keys(figures)).toContain('noisyAuroc')
  })
})

describe('the rule of what to keep', () => {
  const checks = history(
    { cleanScore: 0.8, noisyScore: 0.5, noisyEce: 0.2 },
    { cleanScore: 0.9, noisyScore: 0.6, noisyEce: 0.1 },
    { cleanScore: 0.895, noisyScore: 0.7, noisyEce: 0.05 },
    { cleanScore: 0.87, noisyScore: 0.8, noisyEce: 0.3 },
  )

  it('keeps the best under noise within the budget', () => {
    expect(keptBy('best noisyScore with cleanScore within 0.01 of its best', checks)).toBe(30)
    expect(keptBy('best noisyScore with cleanScore within 0.1 of its best', checks)).toBe(40)
    expect(keptBy('best noisyScore with cleanScore within 5 % of given', checks)).toBe(40)
    expect(keptBy('best noisyScore', checks)).toBe(40)
    expect(keptBy('best noisyEce', checks)).toBe(30)
    expect(keptBy('last', checks)).toBe(40)
  })

  it('takes distances of errors as shares where it says so', () => {
    const errors = history(
      { cleanScore: -2, noisyScore: -3 },
      { cleanScore: -2.15, noisyScore: -2.4 },
    )
    expect(keptBy('best noisyScore with cleanScore within 5 % of its best', errors)).toBe(10)
    expect(keptBy('best noisyScore with cleanScore within 10 % of its best', errors)).toBe(20)
  })

  it('reads its own text, and refuses others by name', () => {
    const text = 'best noisyAccuracy with cleanAccuracy within 2.5 % of given'
    expect(parseKeep(parseKeep(text).text).text).toBe(text)
    expect(() => parseKeep('best noisyAcuracy')).toThrow(/noisyAcuracy.*noisyAccuracy/s)
    expect(() => parseKeep('the best one')).toThrow(UsageError)
  })
})

describe('a condition', () => {
  it('compares the last check with numbers, joined by and', () => {
    const condition = parseCondition('cleanAccuracy >= 90 % and noisyEce < 0.1')
    expect(condition.text).toBe('cleanAccuracy >= 0.9 and noisyEce < 0.1')
    expect(condition.met(history({ cleanAccuracy: 0.95, noisyEce: 0.2 }))).toBeUndefined()
    expect(condition.met(history({ cleanAccuracy: 0.95, noisyEce: 0.05 }))).toBe(
      'cleanAccuracy is 0.95 (>= 0.9) and noisyEce is 0.05 (< 0.1)',
    )
    expect(condition.met(history({ noisyEce: 0.05 }))).toBeUndefined()
    expect(condition.met([])).toBeUndefined()
  })

  it('compares with the best so far and with the plateau', () => {
    expect(parseCondition('cleanAccuracy < 0.9 of best').met(clean(0.8, 0.7))).toMatch(/best, 0.8/)
    const gate = parseCondition('cleanAccuracy >= 0.8 of plateau')
    // 0.4, 0.6, 0.7 head for 0.8: 0.7 is above 0.64.
    expect(gate.met(clean(0.4, 0.6, 0.7))).toBe('cleanAccuracy is 0.7 (>= 0.8 of its plateau, 0.8)')
    expect(gate.met(clean(0.1, 0.2, 0.29))).toBeUndefined()
    expect(gate.met(clean(0.4, 0.6))).toBeUndefined()
  })

  it.each([
    ['cleanAcuracy > 0.5', /Did you mean cleanAccuracy/],
    ['cleanAccuracy = 0.5', /expected a condition/],
    ['cleanAccuracy > 0.5 of dreams', /expected a condition/],
    ['', /expected a condition/],
  ])('is refused when it reads "%s"', (text, words) => {
    expect(() => parseCondition(text, 'noise[0].start.when')).toThrow(words)
    expect(() => parseCondition(text)).toThrow(UsageError)
  })
})

describe('the plateau', () => {
  it('is exact for steps that shrink by one factor', () => {
    const curve = [1, 2, 3].map(n => 0.9 - 0.5 * 0.6 ** n)
    expect(plateauOf(curve)).toBeCloseTo(0.9, 12)
    expect(plateauOf(curve.map(x => -x))).toBeCloseTo(-0.9, 12)
  })

  it('is the last value of level ground, and unknown while steps grow or turn', () => {
    expect(plateauOf([0.5, 0.503, 0.501])).toBe(0.501)
    expect(plateauOf([0.1, 0.2, 0.4])).toBeUndefined()
    expect(plateauOf([0.1, 0.5, 0.3])).toBeUndefined()
    expect(plateauOf([0.1, 0.2])).toBeUndefined()
  })
})

describe('stopping early', () => {
  const checks = clean(0.7, 0.8, 0.79, 0.78)

  it('waits for its patience', () => {
    expect(reasonToStop({ patience: 2, after: 0 }, checks, 20)).toBe(
      'no better check for 2 checks; the one kept is step 20.',
    )
    expect(reasonToStop({ patience: 3, after: 0 }, checks, 20)).toBeUndefined()
    expect(reasonToStop({ patience: 2, after: 50 }, checks, 20)).toBeUndefined()
    expect(reasonToStop({ patience: 4, after: 0 }, checks, undefined)).toMatch(/worth keeping/)
    expect(reasonToStop({ patience: 1, after: 0 }, [], undefined)).toBeUndefined()
  })

  it('ends where enough is reached', () => {
    const when = parseCondition('cleanAccuracy >= 0.78')
    expect(reasonToStop({ when, after: 0 }, checks, 20)).toMatch(/step 40 reached.*0\.78/)
  })
})
