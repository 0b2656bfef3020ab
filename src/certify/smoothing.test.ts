import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { binomialSurvival, DataError, keyOf, Random, UsageError } from '../base/index.js'
import { openKernels } from '../kernels/index.js'
import { certifySamples } from './samples.js'
import {
  ABSTAIN,
  certifySample,
  completeSmoothing,
  leastHits,
  predictSample,
  radiusOf,
  type Vote,
} from './smoothing.js'
import {
  averageCertifiedRadius,
  type CertifiedSample,
  certifiedAccuracy,
  certifiedAccuracyBound,
  summarize,
  usualRadii,
} from './summary.js'
import { parseTsv, toTsv } from './tsv.js'
import { type Classify, Voter } from './votes.js'

/** Votes from a list, counting how many were asked for. */
function listed(votes: ArrayLike<number>): { vote: Vote; asked: () => number } {
  let asked = 0
  const vote: Vote = async (first, count) => {
    asked += count
    return Array.from({ length: count }, (_, i) => votes[first + i])
  }
  return { vote, asked: () => asked }
}

/** Votes for class 1 with a probability, for class 0 otherwise. */
const biased = (p: number, seed: number): Vote => {
  const random = new Random(keyOf(seed, 'test:votes'))
  return async (_first, count) => Array.from({ length: count }, () => (random.float() < p ? 1 : 0))
}

describe("the method's published numbers, alpha .001", () => {
  it.each([
    [100, 1.5005, 66],
    [1000, 2.4633, 550],
    [10000, 3.1986, 5156],
    [100000, 3.8115, 50490],
  ])('n = %i: largest radius %f sigma, certifies from %i votes on', async (n, largest, least) => {
    expect(radiusOf(n, n, 0.001, 1)).toBeCloseTo(largest, 4)
    expect(leastHits(n, 0.001)).toBe(least)
    expect(radiusOf(least, n, 0.001, 1)).toBeGreaterThan(0)
    expect(radiusOf(least - 1, n, 0.001, 1)).toBe(0)
    // The whole procedure, every copy agreeing, and with one vote too few.
    const smoothing = completeSmoothing({ sigma: 0.5, n })
    const all = await certifySample(async (_, count) => new Int32Array(count).fill(3), smoothing)
    expect(all).toMatchObject({ prediction: 3, hits: n, counted: n })
    expect(all.radius).toBeCloseTo(largest / 2, 4)
    for (const [hits, prediction] of [
      [least, 3],
      [least - 1, ABSTAIN],
    ]) {
      const votes = Int32Array.from({ length: 100 + n }, (_, i) => (i < 100 + hits ? 3 : 4))
      expect((await certifySample(listed(votes).vote, smoothing)).prediction).toBe(prediction)
    }
  })
})

describe('CERTIFY', () => {
  const smoothing = completeSmoothing({ sigma: 1, n0: 10, n: 100, batch: 7 })

  it('chooses by the first copies and counts fresh ones', async () => {
    // The first ten say 2; of the rest all say 5: the choice stands, and does not certify.
    const votes = Int32Array.from({ length: 110 }, (_, i) => (i < 10 ? 2 : 5))
    expect(await certifySample(listed(votes).vote, smoothing)).toMatchObject({
      prediction: ABSTAIN,
      radius: 0,
      hits: 0,
    })
  })

  it('takes the lower label among equals', async () => {
    const votes = Int32Array.from({ length: 110 }, (_, i) => (i < 10 ? [7, 4][i % 2] : 4))
    expect((await certifySample(listed(votes).vote, smoothing)).prediction).toBe(4)
  })

  it('stops early only when it must abstain, and says the same', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const votes = Int32Array.from(await biased(0.4 + seed / 100, seed)(0, 110))
      const { vote, asked } = listed(votes)
      const early = await certifySample(vote, smoothing)
      const chosen = votes.subarray(0, 10).reduce((s, v) => s + v, 0) > 5 ? 1 : 0
      const hits = votes.subarray(10).filter(v => v === chosen).length
      const radius = radiusOf(hits, 100, 0.001, 1)
      expect(early.radius).toBe(radius)
      expect(early.prediction).toBe(radius > 0 ? chosen : ABSTAIN)
      if (asked() < 110) expect(early.prediction).toBe(ABSTAIN)
    }
    const split = listed(Int32Array.from({ length: 110 }, (_, i) => i % 2))
    await certifySample(split.vote, smoothing)
    expect(split.asked()).toBeLessThan(100)
  })

  it('says the same with votes asked for at once, in whatever order they come', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const votes = Int32Array.from(await biased(0.3 + seed / 60, seed)(0, 110))
      const random = new Random(keyOf(seed, 'order of votes'))
      const late = async (first: number, count: number) => {
        for (let turn = random.below(9); turn > 0; turn--) await Promise.resolve()
        return votes.subarray(first, first + count)
      }
      const [one, several] = [() => 1, () => 5]
      const wanted = await certifySample(listed(votes).vote, smoothing, one)
      expect(await certifySample(late, smoothing, several)).toEqual(wanted)
      const { prediction, pValue, counted } = await predictSample(late, smoothing, several)
      expect({ prediction, pValue, counted }).toEqual(
        await predictSample(listed(votes).vote, smoothing, one),
      )
    }
  })

  it('abstains where the classifier gives no class', async () => {
    const none = listed(new Int32Array(110).fill(-1))
    expect((await certifySample(none.vote, smoothing)).prediction).toBe(ABSTAIN)
    expect(none.asked()).toBe(10)
  })
})

describe('PREDICT', () => {
  const options = { n: 200, alpha: 0.001, batch: 16 }

  it('gives the class of most votes or abstains, as the whole count would', async () => {
    for (let seed = 0; seed < 80; seed++) {
      const votes = Int32Array.from(await biased(0.3 + seed / 120, seed)(0, 200))
      const ones = votes.reduce((s, v) => s + v, 0)
      const most = Math.max(ones, 200 - ones)
      const sure = 2 * binomialSurvival(most, 200, 0.5) <= 0.001
      const { vote, asked } = listed(votes)
      const { prediction, counted } = await predictSample(vote, options)
      expect(prediction).toBe(sure ? Number(ones > 100) : ABSTAIN)
      expect(counted).toBe(asked())
    }
  })

  it('compares the two most voted of several', async () => {
    const votes = Int32Array.from({ length: 200 }, (_, i) =>
      i % 4 === 0 ? 2 : i % 4 === 1 ? 1 : 3,
    )
    expect((await predictSample(listed(votes).vote, options)).prediction).toBe(3)
    const even = Int32Array.from({ length: 200 }, (_, i) => i % 3)
    expect((await predictSample(listed(even).vote, options)).prediction).toBe(ABSTAIN)
  })

  it('stops as soon as the rest cannot matter', async () => {
    const { vote, asked } = listed(new Int32Array(1000).fill(6))
    const thousand = { n: 1000, alpha: 0.001, batch: 50 }
    expect((await predictSample(vote, thousand)).prediction).toBe(6)
    expect(asked()).toBe(600)
  })
})

describe('a linear classifier, whose exact radius is its margin', () => {
  /** Certificates of sign(x) at distance `margin`, false where they promise more than the margin. */
  async function falseCertificates(count: number, n: number, alpha: number): Promise<number> {
    const noise = new Float32Array(n + 16)
    const kernels = openKernels()
    const smoothing = completeSmoothing({ sigma: 1, n0: 16, n, alpha, batch: n })
    const random = new Random(keyOf(5, 'test:margins'))
    let wrong = 0
    for (let i = 0; i < count; i++) {
      const margin = 0.02 + 1.5 * random.float()
      kernels.normal(noise, 1, keyOf(6, 'test:certificates', i))
      const vote: Vote = async (first, asked) =>
        noise.subarray(first, first + asked).map(e => (margin + e > 0 ? 1 : 0))
      const { prediction, radius } = await certifySample(vote, smoothing)
      if (prediction === 0 || (prediction === 1 && radius > margin)) wrong++
    }
    return wrong
  }

  it('10,000 certificates at alpha .001: false ones within the binomial bound', async () => {
    const wrong = await falseCertificates(10_000, 1000, 0.001)
    expect(binomialSurvival(wrong, 10_000, 0.001)).toBeGreaterThan(1e-4)
  })

  it('at alpha .05 it errs about as often as it says: the bound is exact, not loose', async () => {
    const wrong = await falseCertificates(2000, 1000, 0.05)
    expect(binomialSurvival(wrong, 2000, 0.05)).toBeGreaterThan(1e-4)
    expect(wrong / 2000).toBeGreaterThan(0.03)
  })
})

/** A plane in 12 dimensions: class 1 above, 0 below; its margin is w x / |w|. */
const direction = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i + 1))
const length = Math.hypot(...direction)
const project = (batch: Float32Array, row: number) =>
  direction.reduce((sum, w, j) => sum + w * batch[row * 12 + j], 0) / length
const classify: Classify = async (batch, count) =>
  Int32Array.from({ length: count }, (_, row) => (project(batch, row) > 0 ? 1 : 0))
const voter = (batch: number) => new Voter({ classify, shape: [3, 4], sigma: 0.5, seed: 9, batch })
const samples = Array.from({ length: 12 }, (_, i) =>
  Float32Array.from(direction, w => ((w / length) * (i - 4)) / 8),
)
const subjects = samples.map((_, index) => ({ index, label: index > 4 ? 1 : 0 }))

function certifyPlane(batch: number, rest: Partial<Parameters<typeof certifySamples>[0]> = {}) {
  const voters = voter(batch)
  return certifySamples({
    subjects,
    votesOf: index => voters.votesOf(samples[index], index),
    sigma: 0.5,
    n: 1000,
    batch,
    clock: { now: () => 0 },
    ...rest,
  })
}

describe('certifying samples', () => {
  it('finds radii just inside the true margins', async () => {
    const { samples: certified, summary, complete } = await certifyPlane(256)
    expect(complete).toBe(true)
    certified.forEach(({ index, prediction, radius, correct }) => {
      const margin = Math.abs(index - 4) / 8
      expect(radius).toBeLessThanOrEqual(margin)
      // A bound of 1000 votes at alpha .001 costs about 0.1 sigma below two sigma.
      if (margin > 0.13)
        expect([prediction >= 0, correct, radius > margin - 0.2]).not.toContain(false)
    })
    expect(summary?.acr).toBeCloseTo(certified.reduce((s, c) => s + c.radius, 0) / 12, 12)
  })

  it('gives the same whatever the batch, and after an interruption', async () => {
    const whole = await certifyPlane(256)
    expect((await certifyPlane(33)).samples).toEqual(whole.samples)
    const control = new AbortController()
    const part = await certifyPlane(256, {
      signal: control.signal,
      onSample: (_, done) => done === 5 && control.abort(),
    })
    expect([part.complete, part.samples.length]).toEqual([false, 5])
    const shard = await certifyPlane(256, { subjects: subjects.slice(8) })
    let again = 0
    const rest = { done: [...part.samples, ...shard.samples], onSample: () => again++ }
    expect((await certifyPlane(64, rest)).samples).toEqual(whole.samples)
    expect(again).toBe(3)
  })

  it('refuses earlier results of other data, and options out of range', async () => {
    const done: CertifiedSample[] = [
      { index: 0, label: 7, prediction: 7, radius: 1, correct: true },
    ]
    await expect(certifyPlane(8, { done })).rejects.toThrow(DataError)
    for (const odd of [{ sigma: 0 }, { n: 0.5 }, { alpha: 1 }, { n0: 0 }, { batch: 0 }])
      await expect(certifyPlane(8, odd)).rejects.toThrow(UsageError)
    const none = await certifyPlane(8, { signal: AbortSignal.abort() })
    expect(none).toMatchObject({ samples: [], complete: false })
    expect(none.summary).toBeUndefined()
  })
})

describe('the summary', () => {
  const made: CertifiedSample[] = [
    { index: 0, label: 1, prediction: 1, radius: 0.8, correct: true },
    { index: 1, label: 1, prediction: 2, radius: 0.9, correct: false },
    { index: 2, label: 0, prediction: ABSTAIN, radius: 0, correct: false },
    { index: 3, label: 0, prediction: 0, radius: 0.25, correct: true, time: 75.25 },
  ]

  it('counts only what is right', () => {
    expect(averageCertifiedRadius(made)).toBeCloseTo(1.05 / 4, 12)
    expect([0, 0.25, 0.5, 0.85].map(r => certifiedAccuracy(made, r))).toEqual([0.5, 0.5, 0.25, 0])
    const smoothing = completeSmoothing({ sigma: 0.5, n: 1000 })
    const summary = summarize(made, smoothing)
    expect(summary.abstentionRate).toBe(0.25)
    expect(summary.certifiedAccuracy.map(p => p.radius)).toEqual(usualRadii(smoothing))
    expect(usualRadii(smoothing)).toEqual([
      0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8,
      0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2,
    ])
    expect(usualRadii(completeSmoothing({ sigma: 1, n: 3 }))).toEqual([0])
  })

  it('has the high-probability form', () => {
    const many = Array.from({ length: 500 }, () => made[0])
    const doubt = Math.log(100)
    const wanted = 1 - 0.001 - Math.sqrt((0.001 * 0.999 * doubt) / 500) - doubt / 1500
    expect(certifiedAccuracyBound(many, 0.5, { alpha: 0.001, rho: 0.01 })).toBeCloseTo(wanted, 12)
    expect(certifiedAccuracyBound(many, 1, { alpha: 0.001 })).toBe(0)
  })

  it("writes and reads the field's table", () => {
    const text = toTsv(made)
    expect(text.split('\n')[0]).toBe('idx\tlabel\tpredict\tradius\tcorrect\ttime')
    expect(text.split('\n')[4]).toBe('3\t0\t0\t0.25\t1\t0:01:15.250000')
    expect(parseTsv(text)).toEqual(made.map(({ time: _, ...rest }) => rest))
    expect(() => parseTsv('idx\tlabel\n1\t2')).toThrow(/column predict/)
    expect(() => parseTsv(text.replace('0.25', 'nan'))).toThrow(/line 5 radius: expected a number/)
  })

  const published = new URL('../../../shared/data/certify/', import.meta.url)
  it.skipIf(!existsSync(published))('reads published certificates (skipped without them)', () => {
    for (const name of readdirSync(published)) {
      const table = parseTsv(readFileSync(new URL(name, published), 'utf8'), name)
      expect(table.length).toBe(500)
      expect(averageCertifiedRadius(table)).toBeGreaterThan(1.5295)
      expect(averageCertifiedRadius(table)).toBeLessThan(1.5425)
    }
  })
})

describe('noisy copies', () => {
  it.each([
    [[4, 4], 'end to end in the stream'],
    [[3, 5], 'with gaps'],
  ])(
    'of shape [%s] (%s) are the same in any batch, fresh, unclipped and of the right strength',
    async shape => {
      const size = shape[0] * shape[1]
      const sample = Float32Array.from({ length: size }, (_, i) => i / size)
      const rows = async (batch: number, id: number, first = 0) => {
        const seen: number[] = []
        const keep: Classify = async (made, count) => {
          seen.push(...made)
          return new Int32Array(count)
        }
        const vote = new Voter({ classify: keep, shape, sigma: 0.5, seed: 3, batch }).votesOf(
          sample,
          id,
        )
        for (let c = first; c < 400; c += batch) await vote(c, Math.min(batch, 400 - c))
        return seen
      }
      const whole = await rows(400, 7)
      expect(await rows(33, 7)).toEqual(whole)
      expect(await rows(100, 7, 100)).toEqual(whole.slice(100 * size))
      expect(await rows(400, 8)).not.toEqual(whole)
      const noise = whole.map((v, i) => v - sample[i % size])
      const mean = noise.reduce((s, e) => s + e, 0) / noise.length
      const deviation = Math.sqrt(noise.reduce((s, e) => s + (e - mean) ** 2, 0) / noise.length)
      expect(Math.abs(mean)).toBeLessThan((5 * 0.5) / Math.sqrt(noise.length))
      expect(Math.abs(deviation - 0.5)).toBeLessThan((5 * 0.5) / Math.sqrt(2 * noise.length))
      expect(whole.some(v => v < 0) && whole.some(v => v > 1)).toBe(true)
      expect(new Set(noise.slice(0, 2 * size)).size).toBe(2 * size)
    },
  )
})
