import { expect, it } from 'vitest'
import { chooseRate } from './learning-rate.js'

const trials = (losses: readonly number[]) =>
  losses.map((loss, i) => ({ learningRate: 10 ** (i - 5), loss }))

it('takes the rate of the lowest loss', () => {
  expect(chooseRate(trials([1, 0.9, 0.5, 0.7, Number.POSITIVE_INFINITY]))).toBeCloseTo(1e-3)
})

it('takes the middle of those that cannot be told apart', () => {
  expect(chooseRate(trials([0.5, 0.501, 0.505, 0.9]))).toBeCloseTo(1e-4)
  expect(chooseRate(trials([0.5, 0.501]))).toBeCloseTo(1e-5)
})
