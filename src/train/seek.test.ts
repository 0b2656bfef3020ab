import { describe, expect, it } from 'vitest'
import { firstControl, seek, seekOptions } from './seek.js'

const at = (clean: number) => ({ clean, baseline: 0.9, budget: 0.01 })

describe('seeking the strongest noise', () => {
  it('grows inside the budget, waits near its edge, backs off beyond it', () => {
    expect(seek(firstControl, at(0.9)).control.gain).toBeCloseTo(
      firstControl.gain + seekOptions.growth,
    )
    expect(seek(firstControl, at(0.893)).control).toEqual(firstControl)
    expect(seek(firstControl, at(0.88)).control.gain).toBeCloseTo(
      firstControl.gain * seekOptions.backoff,
    )
  })

  it('stays under its bound, and below a gain that failed', () => {
    let control = firstControl
    for (let i = 0; i < 20; i++) control = seek(control, at(0.91)).control
    expect(control.gain).toBe(seekOptions.bound)
    const failed = seek(control, at(0.5)).control
    const again = seek(seek(failed, at(0.9)).control, at(0.9)).control
    expect(again.gain).toBeLessThan(control.gain)
  })

  /** A model whose clean score falls with the gain: the search ends near the gain that costs the budget. */
  it.each([0.3, 0.6, 1.1])('closes in on an edge at %f', edge => {
    let control = firstControl
    const gains: number[] = []
    for (let i = 0; i < 30; i++) {
      const drop = 0.01 * (control.gain / edge) ** 2
      control = seek(control, at(0.9 - drop)).control
      gains.push(control.gain)
    }
    const late = gains.slice(-10)
    expect(Math.min(...late)).toBeGreaterThan(0.55 * edge)
    expect(Math.max(...late)).toBeLessThan(1.25 * edge)
  })

  it('counts a regression by its own error', () => {
    const spent = { clean: -1.005, baseline: -1, budget: 0.01 }
    expect(seek(firstControl, spent).control.gain).toBeGreaterThan(firstControl.gain)
    expect(seek(firstControl, { ...spent, clean: -1.02 }).control.gain).toBeLessThan(
      firstControl.gain,
    )
  })
})
