import { describe, expect, it } from 'vitest'
import { follow, scaled } from './steer.js'

describe('steering', () => {
  it('follows the branch that gained most, and none within its doubt', () => {
    const weaker = { factor: 0.5, gained: 0.01, error: 0.004 }
    const stronger = { factor: 2, gained: 0.02, error: 0.03 }
    expect(follow([weaker, stronger])).toBe(weaker)
    expect(follow([weaker, { ...stronger, error: 0.01 }])?.factor).toBe(2)
    expect(follow([stronger, { ...weaker, gained: -0.01 }])).toBeUndefined()
  })

  it('scales every gain, between what can come back and the bound', () => {
    const controls = { blur: { gain: 0.5, hold: 7, ceiling: 0.6 } }
    const noises = [{ name: 'blur' }, { name: 'flips' }]
    expect(scaled(controls, noises, 2, 1.5)).toEqual({
      blur: { gain: 1, hold: 7, ceiling: 1 },
      flips: { gain: 1.5, hold: 0, ceiling: 1.5 },
    })
    expect(scaled(controls, noises, 0.001, 1.5).blur.gain).toBe(0.05)
  })
})
