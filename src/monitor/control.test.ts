import { describe, expect, it } from 'vitest'
import { backOff, delay, grow, newControl } from './control.js'

describe('control', () => {
  const options = { backoff: 0.5, growth: 0.1, patience: 3, bound: 1, least: 0.05 }

  it('sinks by a factor, grows by steps, remembers what failed', () => {
    const start = newControl(options)
    const once = backOff(start, options)
    expect(once).toEqual({ gain: 0.5, hold: 0, ceiling: expect.closeTo(Math.SQRT1_2, 9) })
    let up = once
    for (let i = 0; i < 4; i++) up = grow(up, options)
    expect(up.gain).toBeCloseTo(Math.SQRT1_2 + 0.05, 12)
    expect(grow({ ...up, gain: 0.9, ceiling: 0.9 }, options)).toEqual({
      gain: expect.closeTo(0.95, 9),
      hold: 0,
      ceiling: expect.closeTo(0.95, 9),
    })
    expect(backOff({ ...start, gain: 0.06 }, options).gain).toBe(0)
    expect(delay(once, 40)).toEqual({ ...once, hold: 40 })
  })
})
