import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dominates, hypervolume, knee, paretoRanks, spread } from './pareto.js'

it('ranks by what dominates what', () => {
  expect(
    paretoRanks([
      [1, 3],
      [2, 2],
      [3, 1],
      [2, 3],
      [3, 3],
    ]),
  ).toEqual([0, 0, 0, 1, 2])
  expect(paretoRanks([[1], [2], [1]])).toEqual([0, 1, 0])
})

it('has a front that nothing dominates, and something of it dominates the rest', () => {
  const points = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(points, losses => {
      const ranks = paretoRanks(losses)
      const front = losses.filter((_, i) => ranks[i] === 0)
      for (const [i, point] of losses.entries())
        expect(front.some(other => dominates(other, point))).toBe(ranks[i] > 0)
    }),
  )
})

it('measures the dominated area', () => {
  expect(
    hypervolume(
      [
        [0, 0.5],
        [0.5, 0],
      ],
      [1, 1],
    ),
  ).toBe(0.75)
  expect(
    hypervolume(
      [
        [0, 0.5],
        [0.5, 0],
        [0.6, 0.6],
      ],
      [1, 1],
    ),
  ).toBe(0.75)
  expect(hypervolume([[2, 0]], [1, 1])).toBe(0)
})

it('takes first what widens a front most', () => {
  expect(
    spread([
      [0, 1],
      [0.1, 0.1],
      [1, 0],
    ])[0],
  ).toBe(1)
  expect(
    [
      ...spread([
        [0, 1],
        [0.1, 0.1],
        [1, 0],
      ]),
    ].sort(),
  ).toEqual([0, 1, 2])
})

it('finds the knee, where there is one', () => {
  expect(
    knee([
      [0, 1],
      [0.1, 0.2],
      [1, 0],
    ]),
  ).toBe(1)
  expect(
    knee([
      [0, 1],
      [0.5, 0.5],
      [1, 0],
    ]),
  ).toBeUndefined()
  expect(
    knee([
      [0, 1],
      [1, 0],
    ]),
  ).toBeUndefined()
})
