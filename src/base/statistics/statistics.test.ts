import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf, Random } from '../random.js'
import { betaCdf, betaQuantile, logGamma } from './beta.js'
import {
  binomialCdf,
  binomialSurvival,
  binomialTest,
  clopperPearson,
  clopperPearsonLower,
  clopperPearsonUpper,
  wilsonInterval,
} from './binomial.js'
import { bootstrapInterval, quantile } from './bootstrap.js'
import { Moments } from './moments.js'
import { normalCdf, normalQuantile } from './normal.js'
import { fellByMoreThan, mcNemar, tangoInterval, tangoScore } from './paired.js'
import { mannKendall } from './trend.js'

const golden = new URL('../../../test/golden/statistics/', import.meta.url)
/** What each row of the table calls. */
const called: Record<string, (...a: never[]) => number | readonly number[]> = {
  normalCdf,
  normalQuantile,
  logGamma,
  betaCdf: (x: number, a: number, b: number) => betaCdf(x, a, b),
  betaQuantile,
  binomialTest,
  wilsonInterval,
  clopperPearson,
  tangoScore: (samples: number, lost: number, gained: number, margin: number) =>
    tangoScore({ samples, lost, gained }, margin),
  mannKendall: (values: number[]) => mannKendall(values).falling,
}

/** The whole-number recipe of statistics.py. */
function triple(i: number): [k: number, n: number, alpha: number] {
  const a = Number((BigInt(i) * 2654435761n) % 4294967296n)
  const b = (i * 40503 + 12345) % 65536
  const n = 1 + (a % [10, 100, 1000, 10000, 200000][i % 5])
  return [
    Math.floor((b * (n + 1)) / 65536),
    n,
    [0.001, 0.05, 0.025, 1e-6, 0.5, 0.0005, 0.25][i % 7],
  ]
}

describe("scipy's values", () => {
  const rows = JSON.parse(readFileSync(new URL('statistics.json', golden), 'utf8')) as [
    string,
    never[],
    number[],
  ][]

  it.each(Object.keys(called))('%s agrees to 1e-10', name => {
    const mine = rows.filter(row => row[0] === name)
    expect(mine.length).toBeGreaterThan(5)
    for (const [, given, wanted] of mine) {
      const got = [called[name](...given)].flat() as number[]
      got.forEach((value, i) => {
        const allowed = 1e-10 * (name === 'logGamma' ? Math.max(1, wanted[i]) : Math.abs(wanted[i]))
        expect(
          Math.abs(value - wanted[i]),
          `${name}(${given})[${i}] = ${value}`,
        ).toBeLessThanOrEqual(allowed)
      })
    }
  })

  it.each([
    ['lower bound of Clopper and Pearson', clopperPearsonLower],
    ['upper bound of Clopper and Pearson', clopperPearsonUpper],
    [
      'radius in sigmas that the lower bound certifies',
      (k: number, n: number, alpha: number) => normalQuantile(clopperPearsonLower(k, n, alpha)),
    ],
    ['p-value of the two-sided test against 1/2', (k: number, n: number) => binomialTest(k, n)],
  ] as const)('the %s agrees to 1e-10 on 10,000 triples', (name, statistic) => {
    const wanted = tripleColumn(name)
    let [worst, at] = [0, 0]
    wanted.forEach((value, i) => {
      const got = statistic(...triple(i))
      // Relative, but in sigmas a quantile near 0: it is the bound's distance from 1/2. Below 1e-290
      // doubles lose digits, and scipy some of its values to 0.
      const least = name.startsWith('radius') ? 1 : 1e-290
      const error = got === value ? 0 : Math.abs(got - value) / Math.max(least, Math.abs(value))
      if (!(error <= worst)) [worst, at] = [error || Number.POSITIVE_INFINITY, i]
    })
    expect(worst, `triple ${at}: ${triple(at)}`).toBeLessThanOrEqual(1e-10)
  })
})

/** A column of triples.bin. */
function tripleColumn(name: string): Float64Array {
  const at = ['lower', 'upper', 'radius', 'p-value'].findIndex(start => name.startsWith(start))
  const bytes = readFileSync(new URL('triples.bin', golden))
  const from = bytes.byteOffset + at * 80_000
  return new Float64Array(bytes.buffer.slice(from, from + 80_000))
}

describe('relations that hold by definition', () => {
  const rate = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })

  it('quantiles undo distributions', () => {
    const positive = fc.double({ min: 1, max: 5000, noNaN: true })
    fc.assert(
      fc.property(rate, positive, positive, (p, a, b) => {
        expect(betaCdf(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 10)
        expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12)
      }),
    )
  })

  it('tails add up to one', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 1, max: 5000 }), rate, (k, n, p) => {
        fc.pre(k < n)
        expect(binomialCdf(k, n, p) + binomialSurvival(k + 1, n, p)).toBeCloseTo(1, 11)
      }),
    )
  })

  it('has its ends', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity])
    expect(normalQuantile(2)).toBeNaN()
    expect(wilsonInterval(0, 0)).toEqual([0, 1])
    expect([wilsonInterval(0, 5)[0], wilsonInterval(5, 5)[1]]).toEqual([0, 1])
    expect([clopperPearson(0, 9)[0], clopperPearson(9, 9)[1]]).toEqual([0, 1])
    expect([binomialCdf(-1, 5, 0.5), binomialSurvival(6, 5, 0.5)]).toEqual([0, 0])
    expect(binomialTest(5, 10)).toBe(1)
  })
})

describe('paired proportions', () => {
  it('is the difference over its own error when nothing is asked of it', () => {
    // At margin 0 the score is McNemar's (lost - gained) / sqrt(lost + gained).
    expect(tangoScore({ samples: 100, lost: 12, gained: 3 }, 0)).toBeCloseTo(9 / Math.sqrt(15), 12)
    expect(tangoScore({ samples: 100, lost: 0, gained: 0 }, 0)).toBe(0)
    expect(tangoScore({ samples: 100, lost: 0, gained: 0 }, 0.05)).toBeLessThan(0)
    expect(mcNemar({ samples: 10, lost: 6, gained: 0 })).toBeCloseTo(2 / 64, 12)
  })

  it('has an interval whose ends are where the test turns', () => {
    const paired = { samples: 32, lost: 5, gained: 1 }
    const [low, high] = tangoInterval(paired)
    expect(fellByMoreThan(paired, low)).toBeCloseTo(0.025, 6)
    expect(fellByMoreThan(paired, high)).toBeCloseTo(0.975, 6)
    expect(low).toBeLessThan(4 / 32)
    expect(high).toBeGreaterThan(4 / 32)
  })

  it('raises a false alarm no more often than asked', () => {
    // A rate that fell by exactly the margin: gained 3 %, lost 5 %, margin 2 %.
    const random = new Random(keyOf(1, 'test:tango'))
    const [runs, samples] = [2000, 500]
    let alarms = 0
    for (let r = 0; r < runs; r++) {
      let [lost, gained] = [0, 0]
      for (let i = 0; i < samples; i++) {
        const u = random.float()
        if (u < 0.05) lost++
        else if (u < 0.08) gained++
      }
      if (fellByMoreThan({ samples, lost, gained }, 0.02) < 0.05) alarms++
    }
    // 5 standard errors above the nominal 5 %.
    expect(alarms / runs).toBeLessThan(0.05 + 5 * Math.sqrt((0.05 * 0.95) / runs))
    expect(alarms / runs).toBeGreaterThan(0.05 - 5 * Math.sqrt((0.05 * 0.95) / runs))
  })
})

describe('trends', () => {
  it('sees a straight line and its mirror', () => {
    const line = [1, 2, 3, 4, 5]
    // One order of 120 has this score or a higher one.
    expect(mannKendall(line).rising).toBeCloseTo(1 / 120, 12)
    expect(mannKendall(line).falling).toBeCloseTo(1, 12)
    expect(mannKendall([...line].reverse()).falling).toBeCloseTo(1 / 120, 12)
  })

  it('has no opinion on too little or on what never changes', () => {
    expect(mannKendall([])).toEqual({ score: 0, falling: 1, rising: 1 })
    expect(mannKendall([3, 3, 3, 3])).toEqual({ score: 0, falling: 1, rising: 1 })
  })

  it('counts ties', () => {
    // var S = (5 4 15 - 2 1 9) / 18 = 15.667 for one tie of two; S = 9.
    const z = (9 - 1) / Math.sqrt((300 - 18) / 18)
    expect(mannKendall([1, 2, 2, 3, 4]).rising).toBeCloseTo(normalCdf(-z), 12)
  })
})

describe('moments', () => {
  it('are those of two passes, merged or not', () => {
    const values = Array.from({ length: 100 }, (_, i) => 1e6 + Math.sin(i))
    const [all, front, back] = [new Moments(), new Moments(), new Moments()]
    values.forEach((v, i) => {
      all.add(v)
      ;(i < 37 ? front : back).add(v)
    })
    front.merge(back)
    front.merge(new Moments())
    const mean = values.reduce((s, v) => s + v, 0) / 100
    const variance = values.reduce((s, v) => s + (v - mean) ** 2, 0) / 100
    for (const m of [all, front]) {
      expect(m.mean).toBeCloseTo(mean, 8)
      expect(m.variance).toBeCloseTo(variance, 8)
      expect(m.standardDeviation ** 2).toBeCloseTo((variance * 100) / 99, 8)
    }
    expect([new Moments().variance, new Moments().sampleVariance]).toEqual([0, 0])
  })
})

describe('the bootstrap', () => {
  const key = keyOf(3, 'test:bootstrap')

  it('covers the mean as often as it says', () => {
    const random = new Random(keyOf(4, 'test:sample'))
    let covered = 0
    for (let run = 0; run < 200; run++) {
      const sample = Float64Array.from({ length: 60 }, () => random.normal())
      const mean = (indices: Uint32Array) => indices.reduce((s, i) => s + sample[i], 0) / 60
      const interval = bootstrapInterval(60, mean, { key, resamples: 200, confidence: 0.9 })
      if (interval && interval[0] <= 0 && 0 <= interval[1]) covered++
    }
    // The percentile interval of 60 samples covers a little less than its 90 %.
    expect(covered / 200).toBeGreaterThan(0.88 - 5 * Math.sqrt(0.09 / 200))
    expect(covered / 200).toBeLessThan(0.9 + 5 * Math.sqrt(0.09 / 200))
  })

  it('repeats, and is undefined where the statistic is', () => {
    const mean = (indices: Uint32Array) => indices.reduce((s, i) => s + i, 0) / indices.length
    const options = { key, resamples: 50 }
    expect(bootstrapInterval(20, mean, options)).toEqual(bootstrapInterval(20, mean, options))
    expect(bootstrapInterval(20, () => Number.NaN, options)).toBeNull()
    expect(bootstrapInterval(0, mean, options)).toBeNull()
    expect(quantile([1, 2, 4], 0.75)).toBe(3)
  })
})
