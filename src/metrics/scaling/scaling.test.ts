import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../base/index.js'
import { answersOf } from '../answers.js'
import { fitScaling, ScoreGatherer, type ScoreTable, scaled, scalingMethods } from './index.js'
import { valueAt } from './isotonic.js'

interface Golden {
  readonly table: number
  readonly temperature: number
  readonly scale: number[]
  readonly shift: number[]
  readonly loss: number
  readonly probability: number[]
  readonly isotonic: number[]
}

const golden: Golden[] = JSON.parse(
  readFileSync(new URL('../../../test/golden/metrics/scaling.json', import.meta.url), 'utf8'),
)

/** The whole-number recipe of scaling.py. */
function table(i: number): ScoreTable {
  let state = (Math.imul(i, 747796405) + 2891336453) >>> 0
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 16
  }
  const classes = 2 + (i % 4)
  const scores = Float64Array.from({ length: 300 * classes }, () => (draw() % 1024) / 64 - 8)
  const labels = Int32Array.from({ length: 300 }, (_, n) => {
    const row = scores.subarray(n * classes, (n + 1) * classes)
    return draw() % 2 ? row.indexOf(Math.max(...row)) : draw() % classes
  })
  return { classes, scores, labels }
}

/** The mean negative log-likelihood. */
function nll(scores: Float64Array, { classes, labels }: ScoreTable): number {
  const { logProbabilities } = answersOf(scores, { kind: 'logits', columns: classes })
  return labels.reduce((sum, y, i) => sum - logProbabilities[i * classes + y], 0) / labels.length
}

describe('scalings', () => {
  it.each(golden)("equal scipy's on table $table", wanted => {
    const data = table(wanted.table)
    const cool = fitScaling('temperature', data)
    const vector = fitScaling('vector', data)
    const rising = fitScaling('isotonic', data)
    if (cool.method !== 'temperature' || vector.method !== 'vector' || rising.method !== 'isotonic')
      throw new Error('another method came')
    expect(Math.abs(cool.temperature / wanted.temperature - 1)).toBeLessThan(1e-6)
    for (const [k, w] of vector.scale.entries()) expect(w).toBeCloseTo(wanted.scale[k], 5)
    for (const [k, b] of vector.shift.entries()) expect(b).toBeCloseTo(wanted.shift[k], 5)
    const least = 1 / 302
    wanted.probability.forEach((p, i) => {
      const value = Math.min(1 - least, Math.max(least, wanted.isotonic[i]))
      expect(Math.abs(valueAt(rising.curves[0], p) - value), `at ${p}`).toBeLessThan(1e-9)
    })
  })

  it('never make the likelihood of what they were fitted on worse', () => {
    for (let i = 0; i < 6; i++) {
      const data = table(i)
      const before = nll(data.scores, data)
      for (const method of ['temperature', 'vector'] as const) {
        const after = nll(scaled(fitScaling(method, data), data.scores, data.classes), data)
        expect(after, `${method} on table ${i}`).toBeLessThan(before)
      }
    }
  })

  it('find the temperature that was put in', () => {
    // Labels drawn from softmax(z) itself: counted exactly, 1,000 copies of each row.
    const rows = [
      [0, 1],
      [2, 0],
      [0.5, -1],
    ]
    const scores: number[] = []
    const labels: number[] = []
    for (const row of rows) {
      const p = 1 / (1 + Math.exp(row[0] - row[1]))
      for (let n = 0; n < 1000; n++) {
        scores.push(...row.map(z => 3 * z))
        labels.push(n < Math.round(1000 * p) ? 1 : 0)
      }
    }
    const found = fitScaling('temperature', {
      classes: 2,
      scores: Float64Array.from(scores),
      labels: Int32Array.from(labels),
    })
    expect((found as { temperature: number }).temperature).toBeCloseTo(3, 2)
  })

  it('stay finite where the classes are told apart without an error', () => {
    const scores = Float64Array.from({ length: 80 }, (_, i) =>
      i % 4 === 0 || i % 4 === 3 ? 2 : -2,
    )
    const labels = Int32Array.from({ length: 40 }, (_, i) => i % 2)
    for (const method of Object.keys(scalingMethods) as (keyof typeof scalingMethods)[]) {
      const made = scaled(fitScaling(method, { classes: 2, scores, labels }), scores, 2)
      expect(made.every(Number.isFinite), method).toBe(true)
    }
  })

  it('refuse to be fitted on nothing', () => {
    const none = { classes: 2, scores: new Float64Array(), labels: new Int32Array() }
    expect(() => fitScaling('temperature', none)).toThrow(DataError)
  })

  it('leave out samples the model gave no numbers for', () => {
    const gatherer = new ScoreGatherer(2)
    const known = { kind: 'logits', columns: 2, labels: [0, 1] } as const
    gatherer.add(answersOf([NaN, 0, 1, 2], known))
    expect(gatherer.left).toBe(1)
    expect(gatherer.table()).toEqual({
      classes: 2,
      scores: Float64Array.of(1, 2),
      labels: Int32Array.of(1),
    })
  })
})
