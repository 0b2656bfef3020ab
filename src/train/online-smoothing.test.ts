import { expect, it } from 'vitest'
import { endMemoryEpoch, newMemory, rememberAnswers, smoothTargets } from './online-smoothing.js'

const close = (found: ArrayLike<number>, wanted: number[]) => {
  for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 5)
}

it('mixes a target with the mean of right answers of the last epoch, uniform in the first', () => {
  const memory = newMemory(3)
  const targets = () => Float32Array.of(1, 0, 0, 0, 1, 0, 0.5, 0.5, 0)
  const first = targets()
  expect([...smoothTargets(memory, first, 3, 0.5)]).toEqual([0, 1, 0])
  close(first, [2 / 3, 1 / 6, 1 / 6, 1 / 6, 2 / 3, 1 / 6, 5 / 12, 5 / 12, 1 / 6])

  // Two right answers to class 0, one wrong one to class 1: ln of the probabilities themselves.
  const logits = Float32Array.from([0.7, 0.2, 0.1, 0.5, 0.1, 0.4, 0.6, 0.3, 0.1], Math.log)
  rememberAnswers(memory, logits, Int32Array.of(0, 0, 1))
  close(memory, [1 / 3, 1 / 3, 1 / 3])
  endMemoryEpoch(memory)
  close(memory, [0.6, 0.15, 0.25, 1 / 3, 1 / 3, 1 / 3])

  const second = targets()
  smoothTargets(memory, second, 3, 0.5)
  close(second, [0.8, 0.075, 0.125, 1 / 6, 2 / 3, 1 / 6])
  close(second.subarray(6), [
    0.25 + 0.25 * (0.6 + 1 / 3),
    0.25 + 0.25 * (0.15 + 1 / 3),
    0.25 * (0.25 + 1 / 3),
  ])
  endMemoryEpoch(memory)
  close(memory, [1 / 3, 1 / 3, 1 / 3])
})
