import { expect, it } from 'vitest'
import { memoryDataset } from '../data/index.js'
import { classWeightsOf } from './class-weights.js'
import { checkRecipe } from './index.js'

const labels = Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 2, 2)
const data = memoryDataset({
  name: 'ten',
  format: 'csv',
  detected: 'ten rows',
  kind: 'vector',
  shape: [1],
  values: new Float32Array(10),
  labels,
  classes: ['a', 'b', 'c'],
})

const weights = (train: object) =>
  classWeightsOf(checkRecipe({ model: { network: 'mlp' }, data: { train: 'x' }, train }), data)

it('balances: every class counts the same in the sum', () => {
  const found = weights({ classWeights: 'balanced' })!
  const counts = [6, 2, 2]
  expect(found.map((w, c) => w * counts[c])).toEqual(counts.map(() => 10 / 3))
})

it('takes weights as given, one a class, and says when they are too few', () => {
  expect(weights({ classWeights: [1, 2, 3] })).toEqual([1, 2, 3])
  expect(weights({})).toBeUndefined()
  expect(() => weights({ classWeights: [1, 2] })).toThrow(/expected 3 weights.*received 2/)
})
