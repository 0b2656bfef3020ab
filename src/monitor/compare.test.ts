import { describe, expect, it } from 'vitest'
import { samples, World } from '../../test/support/pretended-run.js'
import { keyOf, Random } from '../base/index.js'
import { attribute } from './attribute.js'
import { type Answers, chanceOfLabels, chanceOfTargets, scoreOf } from './check.js'
import { calibrationRose, gotWorse, isOutgrown, missedMore } from './compare.js'

describe('comparisons', () => {
  it('a regression is held to its error, relative', () => {
    const random = new Random(keyOf(2, 'test:regression'))
    const errors = (scale: number) => ({
      squaredErrors: Float32Array.from({ length: 2000 }, () => (scale * random.normal()) ** 2),
    })
    expect(gotWorse(errors(1), errors(1.3), 0.1)).toMatchObject({ pValue: expect.any(Number) })
    expect(gotWorse(errors(1), errors(1.3), 0.1).pValue).toBeLessThan(1e-4)
    expect(gotWorse(errors(1), errors(1.02), 0.1).pValue).toBeGreaterThan(0.5)
    expect(gotWorse(errors(1), errors(1.3), 0).worse).toBeCloseTo(0.3, 1)
  })

  it('calibration needs confidences, and a rise beyond the margin', () => {
    const world = new World(4)
    const key = keyOf(5, 'test')
    expect(calibrationRose({ right: Uint8Array.of(1) }, world.answers(1), 0, key)).toBeUndefined()
    const [fair, vain] = [world.answers(0), world.answers(0, 0.15)]
    expect(calibrationRose(fair, fair, 0.01, key)?.pValue).toBe(1)
    expect(calibrationRose(fair, vain, 0.01, key)?.pValue).toBeLessThan(1e-4)
  })

  it('calibration is not held against a worse model, where modest answers got better', () => {
    const world = new World(4)
    const [before, better] = [world.answers(0), world.answers(0.3, -0.2)]
    expect(calibrationRose(before, better, 0.05, keyOf(5, 'test'))?.pValue).toBeLessThan(1e-4)
    expect(isOutgrown(before, better)).toBe(true)
    expect(isOutgrown(before, world.answers(0.3, 0.2))).toBe(false)
    expect(isOutgrown(better, world.answers(0, -0.2))).toBe(false)
  })

  it('looks at one sample are no independent draws', () => {
    const world = new World(4)
    const [before, after] = [world.answers(0), world.answers(-0.1, 0.1)]
    const twice = ({ right = new Uint8Array(0), confidence = new Float32Array(0) }: Answers) => ({
      right: Uint8Array.of(...right, ...right),
      confidence: Float32Array.of(...confidence, ...confidence),
      samples,
    })
    const once = missedMore(before, after, 0)?.pValue as number
    expect(missedMore(twice(before), twice(after), 0)?.pValue).toBeCloseTo(once, 12)
    const [single, double] = [gotWorse(before, after, 0), gotWorse(twice(before), twice(after), 0)]
    expect(double.worse).toBeCloseTo(single.worse, 12)
    expect(Math.log(double.pValue) / Math.log(single.pValue)).toBeCloseTo(1, 0)
  })

  it('attribution is corrected for the number of noises', async () => {
    const world = new World(6)
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`)
    const compare = (without: Answers, control: Answers) => gotWorse(without, control, 0)
    const harm = { under: 'clean', compare, alpha: 0.05 } as const
    const same = await attribute(names, async () => world.answers(1), harm)
    expect(same).toMatchObject({ harmful: [], branches: 21 })
  })

  it('chance follows from the labels', () => {
    expect(chanceOfLabels([0, 0, 0, 1], 2)).toEqual({
      accuracy: 0.75,
      loss: -0.75 * Math.log(0.75) - 0.25 * Math.log(0.25),
    })
    expect(chanceOfTargets([1, 3])).toEqual({ accuracy: 0, loss: 1 })
    expect(scoreOf({ squaredErrors: Float32Array.of(4, 4) })).toBe(-2)
  })
})
