import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ashaGoesOn, rungsOf } from './asha.js'
import { halvingGoesOn } from './halving.js'
import { medianGoesOn } from './median.js'

/** What Optuna's SuccessiveHalvingPruner decided: eta, least, maximize, longest, where each trial ended. */
type Golden = [eta: number, least: number, maximize: number, longest: number, ended: number[]]
const golden: Golden[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../test/golden/tune/asha.json'), 'utf8'),
)

/** Park and Miller's generator, as in test/golden/tune/asha.py. */
function generator(seed: number) {
  let x = seed + 1
  return (n: number) => {
    x = Number((BigInt(x) * 48271n) % 2147483647n)
    return x % n
  }
}

/** The trace of asha.py with our decisions in it; settings are drawn as there. */
function ended(seed: number, [eta, least, maximize, longest]: Golden): number[] {
  const below = generator(seed)
  for (const n of [3, 3, 2]) below(n)
  const trials = 4 + below(14)
  below(6)
  const running: number[] = []
  const steps: number[] = []
  const result: number[] = []
  const seen = new Map<number, number[]>()
  while (steps.length < trials || running.length) {
    if (steps.length < trials && (!running.length || below(3) === 0)) {
      running.push(steps.length)
      steps.push(0)
      continue
    }
    const at = below(running.length)
    const trial = running[at]
    const step = ++steps[trial]
    const isLost = below(40) === 0
    const value = isLost ? Number.NaN : below(50)
    const isRung = rungsOf(longest + 1, least, eta).includes(step) && step <= longest
    const loss = maximize ? -value : value
    const losses = [...(seen.get(step) ?? []), loss]
    if (isRung) seen.set(step, losses)
    const stops = isRung && !ashaGoesOn(loss, losses, eta)
    if (stops || step === longest) {
      result[trial] = stops ? step : 0
      running.splice(at, 1)
    }
  }
  return result
}

describe('asynchronous successive halving', () => {
  it("decides as Optuna's pruner on 1,000 traces", () => {
    const wrong = golden.flatMap((trace, seed) =>
      JSON.stringify(ended(seed, trace)) === JSON.stringify(trace[4]) ? [] : [seed],
    )
    expect(golden).toHaveLength(1000)
    expect(wrong).toEqual([])
  })

  it('has rungs at powers of eta and at the end', () => {
    expect(rungsOf(9, 1, 3)).toEqual([1, 3, 9])
    expect(rungsOf(10, 1, 3)).toEqual([1, 3, 9, 10])
    expect(rungsOf(1, 1, 3)).toEqual([1])
  })
})

it('halves at a barrier, whoever comes first', () => {
  expect(halvingGoesOn([5, 1, 4, 2, 3, Number.NaN, 9], 3)).toEqual([1, 3])
  expect(halvingGoesOn([5, 4], 3)).toEqual([1])
  expect(halvingGoesOn([1, 1, 1], 3)).toEqual([0])
})

it('stops below the median once five trials are complete', () => {
  expect(medianGoesOn([9], [1, 2, 3, 4])).toBe(true)
  expect(medianGoesOn([9, 3], [1, 2, 3, 4, 5])).toBe(true)
  expect(medianGoesOn([9, 3.1], [1, 2, 3, 4, 5])).toBe(false)
  expect(medianGoesOn([Number.NaN], [1, 2, 3, 4, 5])).toBe(false)
})
