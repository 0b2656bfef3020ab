import { expect, it } from 'vitest'
import { keyOf, Random } from '../../base/index.js'
import { mainEffects } from './fanova.js'
import { growForest } from './forest.js'

const random = new Random(keyOf(0, 'test:fanova'))
const rows = Array.from({ length: 300 }, () => [random.float(), random.float(), random.float()])
const of = (f: (x: number[]) => number) => mainEffects(rows, rows.map(f), 0)!

it('gives the shares of a sum of functions of one variable each', () => {
  // Var(x) = 1/12, Var(2 y) = 4/12: 0.2 and 0.8.
  const [x, y, z] = of(([a, b]) => a + 2 * b)
  expect(Math.abs(x - 0.2)).toBeLessThan(0.04)
  expect(Math.abs(y - 0.8)).toBeLessThan(0.06)
  expect(z).toBeLessThan(0.01)
})

it('leaves to interaction what no variable explains alone', () => {
  const [x, y] = of(([a, b]) => (a - 0.5) * (b - 0.5))
  expect(x + y).toBeLessThan(0.25)
})

it('says nothing where nothing varies', () => {
  expect(
    mainEffects(
      rows,
      rows.map(() => 3),
      0,
    ),
  ).toBeUndefined()
})

it('grows trees whose boxes fill the cube', () => {
  for (const tree of growForest(
    rows,
    rows.map(([a]) => a),
    { trees: 3, seed: 1 },
  )) {
    const volumes = tree.map(b => b.low.reduce((v, from, i) => v * (b.high[i] - from), 1))
    expect(volumes.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10)
  }
})
