import { describe, expect, it } from 'vitest'
import { parseLevel, parseSchedule, plotSchedule, traceSchedule } from './index.js'

const lengths = { epochs: 4, batchesPerEpoch: 50, samplesPerEpoch: 6400 }

describe('the terminal plot', () => {
  it('draws a ramp from the lower left to the upper right', () => {
    const ramp = parseSchedule({ ramp: [0, 0.4] }, { lengths })
    expect(plotSchedule(ramp, lengths, 24, 4)).toMatchInlineSnapshot(`
      [
        "0.398 │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⣠⠤⠖⠚⠉",
        "      │⠀⠀⠀⠀⠀⣀⣠⠤⠖⠚⠉⠁",
        "    0 │⣠⠤⠖⠚⠉⠁",
        "      └0─────────────4ep",
      ]
    `)
  })

  it('fills the band of a draw', () => {
    const level = parseLevel({ uniform: [0, { ramp: [0.1, 0.4], to: '50%' }] }, { lengths })
    expect(plotSchedule(level, lengths, 24, 4)).toMatchInlineSnapshot(`
      [
        "0.4 │⠀⠀⠀⠀⠀⣀⣠⣴⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿",
        "    │⢀⣀⣤⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿",
        "  0 │⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿",
        "    └0───────────────4ep",
      ]
    `)
  })

  it('shows windows, keeps to its width and height, and survives a constant of 0', () => {
    const windows = parseSchedule({ every: '2ep', for: '1ep', value: 1 }, { lengths })
    const lines = plotSchedule(windows, lengths, 60, 6)
    expect(lines).toHaveLength(6)
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(60)
    expect(lines).toMatchInlineSnapshot(`
      [
        "1 │⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡏⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⢹",
        "  │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸",
        "  │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸",
        "  │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸",
        "0 │⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣇⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀",
        "  └0─────────────────────────────────────────────────────4ep",
      ]
    `)
    expect(plotSchedule(() => 0, lengths, 40, 3)).toHaveLength(3)
  })

  it('traces a level from the first batch to the last', () => {
    const level = parseLevel({ uniform: [0, { ramp: [0, 1] }] }, { lengths })
    const trace = traceSchedule(level, lengths, { count: 5 })
    expect(trace).toHaveLength(5)
    expect(trace[0]).toEqual({ epoch: 0, low: 0, high: 0 })
    expect(trace[4]).toEqual({ epoch: 199 / 50, low: 0, high: 199 / 200 })
    const closed = traceSchedule(() => 1, lengths, { count: 5, open: moment => moment.epoch < 2 })
    expect(closed.map(point => point.high)).toEqual([1, 1, 0, 0, 0])
  })
})
