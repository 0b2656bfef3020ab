import { describe, expect, it } from 'vitest'
import { keyOf, Random } from '../../base/index.js'
import { isActive, readSpace } from '../../recipe/index.js'
import { grid, gridSize } from './grid.js'
import { scrambledHalton } from './halton.js'
import { samplers } from './index.js'
import { choiceEstimator, rangeEstimator } from './parzen.js'
import { better } from './rank.js'
import type { Observation } from './types.js'
import { fromUnit, stepOf, toUnit } from './unit.js'

const space = readSpace({
  rate: { search: { from: 1e-4, to: 1, log: true, name: 'rate' } },
  count: { search: { from: 1, to: 5, integer: true, name: 'count' } },
  third: { search: { from: 0, to: 1, step: 0.25, name: 'third' } },
  kind: {
    search: {
      choices: { a: 1, b: { inner: { search: { from: 2, to: 3, name: 'inner' } } } },
      name: 'kind',
    },
  },
})
const names = ['rate', 'count', 'third', 'kind']

function trials(count: number, seed = 0): Observation[] {
  return Array.from({ length: count }, (_, index) => {
    const point = samplers.random({ space, index, seed, history: [] })!
    const loss = Math.abs(Math.log10(Number(point.rate)) + 2) + (point.kind === 'b' ? 0 : 1)
    return { point, outcome: { rung: 0, losses: [loss] } }
  })
}

describe.each(Object.entries(samplers))('%s', (_, sampler) => {
  it('gives points of the space, the same for the same question', () => {
    for (let index = 0; index < 30; index++) {
      const question = { space, index, seed: 3, history: trials(index) }
      const point = sampler(question)!
      expect(sampler(question)).toEqual(point)
      const expected = space.parameters.filter(p => isActive(p, point)).map(p => p.name)
      expect(Object.keys(point).sort()).toEqual(expected.sort())
      expect(Number(point.rate)).toBeGreaterThanOrEqual(1e-4)
      expect(Number(point.rate)).toBeLessThanOrEqual(1)
      expect([1, 2, 3, 4, 5]).toContain(point.count)
      expect([0, 0.25, 0.5, 0.75, 1]).toContain(point.third)
    }
  })
})

it('draws otherwise with another seed or index', () => {
  for (const name of ['tpe', 'random', 'halton'] as const) {
    const at = (index: number, seed: number) =>
      JSON.stringify(samplers[name]({ space, index, seed, history: trials(20) }))
    expect(new Set([at(20, 0), at(21, 0), at(20, 1)]).size, name).toBe(3)
  }
})

it('TPE looks where trials did well', () => {
  const points = Array.from(
    { length: 40 },
    (_, seed) => samplers.tpe({ space, index: 60, seed, history: trials(60) })!,
  )
  expect(points.filter(point => point.kind === 'b').length).toBeGreaterThan(34)
  const near = points.filter(point => Math.abs(Math.log10(Number(point.rate)) + 2) < 1)
  expect(near.length).toBeGreaterThan(30)
})

it('TPE keeps away from where a trial is running', () => {
  const only = readSpace({ x: { search: { from: 0, to: 1, name: 'x' } } })
  const ended = Array.from({ length: 20 }, (_, i) => ({
    point: { x: i / 19 },
    outcome: { rung: 0, losses: [Math.abs(i / 19 - 0.5)] },
  }))
  const running = Array.from({ length: 12 }, () => ({ point: { x: 0.5 } }))
  const distance = (history: Observation[]) =>
    Array.from({ length: 60 }, (_, seed) =>
      Math.abs(Number(samplers.tpe({ space: only, index: 40, seed, history })!.x) - 0.5),
    ).sort((a, b) => a - b)[30]
  expect(distance([...ended, ...running])).toBeGreaterThan(2 * distance(ended))
})

describe('the scrambled Halton sequence', () => {
  it('puts one point into each interval of its base', () => {
    for (const [dimension, base] of [
      [0, 2],
      [1, 3],
      [2, 5],
    ]) {
      const count = base ** 2
      for (const seed of [0, 1]) {
        const cells = Array.from({ length: count }, (_, i) =>
          Math.floor(scrambledHalton(i, dimension, seed) * count),
        )
        expect(new Set(cells).size).toBe(count)
      }
    }
  })

  it('is uniform over the seeds', () => {
    const values = Array.from({ length: 4000 }, (_, seed) => scrambledHalton(5, 3, seed))
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / values.length))
  })
})

it('goes through a grid, conditions kept, and ends', () => {
  const size = gridSize(space, 1e6)
  expect(size).toBe(4 * 4 * 4 * (1 + 4))
  const points = Array.from({ length: size }, (_, index) =>
    JSON.stringify(grid({ space, index, seed: 0, history: [] })),
  )
  expect(new Set(points).size).toBe(size)
  expect(grid({ space, index: size, seed: 0, history: [] })).toBeUndefined()
})

it('goes from values to [0, 1] and back', () => {
  for (const { name, domain } of space.parameters.filter(p => names.includes(p.name)))
    if (domain.kind === 'range')
      for (let i = 0; i <= 20; i++) {
        const value = fromUnit(domain, i / 20) as number
        expect(fromUnit(domain, toUnit(domain, value)), name).toBeCloseTo(value, 12)
      }
})

describe('Parzen estimators', () => {
  const integrate = (density: (x: number) => number) =>
    Array.from({ length: 4000 }, (_, i) => density((i + 0.5) / 4000) / 4000).reduce(
      (a, b) => a + b,
      0,
    )

  it('draw as their kernels say: every kernel as often, none outside [0, 1]', () => {
    const random = new Random(keyOf(0, 'test:parzen'))
    const estimator = rangeEstimator([0.1, 0.11, 0.9], 0)
    const values = Array.from({ length: 8000 }, () => estimator.draw(random))
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThanOrEqual(1)
    const near = values.filter(v => v < 0.5).length / values.length
    expect(near).toBeGreaterThan(0.55)
    expect(near).toBeLessThan(0.75)
  })

  it('count steps by their mass, which adds up to 1', () => {
    const { domain } = space.parameters[1]
    const step = stepOf(domain as never)
    const { logDensity } = rangeEstimator([0.3, 0.5], step)
    const masses = [1, 2, 3, 4, 5].map(v => Math.exp(logDensity(toUnit(domain as never, v))))
    expect(masses.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10)
  })

  it('are high where trials were', () => {
    const { logDensity } = rangeEstimator([0.2, 0.22, 0.25], 0)
    expect(logDensity(0.22)).toBeGreaterThan(logDensity(0.8))
    expect(integrate(x => Math.exp(logDensity(x)))).toBeLessThan(2)
  })

  it('give every choice a chance, and the chances add up to 1', () => {
    const { logDensity } = choiceEstimator([0, 0, 0, 1], 3)
    const chances = [0, 1, 2].map(choice => Math.exp(logDensity(choice)))
    expect(chances.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    expect(chances[0]).toBeGreaterThan(chances[1])
    expect(chances[2]).toBeGreaterThan(0)
  })
})

describe('who did better', () => {
  const trial = (rung: number, ...losses: number[]): Observation => ({
    point: {},
    outcome: { rung, losses },
  })

  it('goes by rung, then loss; running trials last', () => {
    const history = [
      trial(0, 1),
      { point: {} },
      trial(1, 9),
      trial(0, 0.5),
      trial(0, Number.POSITIVE_INFINITY),
    ]
    expect(better(history)).toEqual([2, 3, 0, 4, 1])
  })

  it('goes by Pareto rank under two objectives', () => {
    const order = better([trial(0, 3, 3), trial(0, 1, 2), trial(0, 2, 1), trial(0, 2, 2)])
    expect(new Set(order.slice(0, 2))).toEqual(new Set([1, 2]))
    expect(order.slice(2)).toEqual([3, 0])
  })
})
