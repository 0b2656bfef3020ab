import { describe, expect, it } from 'vitest'
import { exactCos, exactExp, exactLog, exactPow, exactSin } from './exact.js'

const points = Array.from({ length: 4001 }, (_, i) => -20 + i * 0.01003)

describe('exact functions', () => {
  it('agree with the engine to 1e-14', () => {
    for (const x of points) {
      expect(Math.abs(exactExp(x) / Math.exp(x) - 1)).toBeLessThan(1e-14)
      expect(Math.abs(exactLog(Math.exp(x)) - x)).toBeLessThan(1e-14 * Math.max(1, Math.abs(x)))
      expect(Math.abs(exactSin(x) - Math.sin(x))).toBeLessThan(1e-14)
      expect(Math.abs(exactCos(x) - Math.cos(x))).toBeLessThan(1e-14)
      expect(Math.abs(exactPow(3.7, x) / 3.7 ** x - 1)).toBeLessThan(1e-13)
    }
  })

  it('keep to the edges', () => {
    expect([exactLog(0), exactLog(1), exactLog(-1)]).toEqual([-Infinity, 0, Number.NaN])
    expect(exactLog(5e-324)).toBeCloseTo(Math.log(5e-324), 10)
    expect([exactExp(-1000), exactExp(1000), exactExp(0)]).toEqual([0, Infinity, 1])
    expect(exactExp(-740)).toBeCloseTo(Math.exp(-740), 320)
    expect([exactPow(0, 2), exactPow(0, 0), exactPow(4, 0.5)]).toEqual([0, 1, 2])
    expect([exactSin(0), exactCos(0)]).toEqual([0, 1])
  })
})
