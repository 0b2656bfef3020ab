import { describe, expect, it } from 'vitest'
import { clipGradients } from './clip.js'
import { clipWeights } from './clip-weights.js'
import type { Buffers } from './layout.js'

const slots = [
  { name: 'w', shape: [2, 3], channelAxis: 1, offset: 0, length: 6, trained: true },
  { name: 'b', shape: [2], channelAxis: 0, offset: 16, length: 2, trained: true },
]

function buffersOf(w: number[], b: number[], gw: number[], gb: number[]): Buffers {
  const flat = (first: number[], second: number[]) => {
    const array = new Float32Array(32)
    array.set(first)
    array.set(second, 16)
    return array
  }
  return {
    layout: { slots, ranges: [], trainedLength: 32, length: 32 },
    ...{ parameters: flat(w, b), gradients: flat(gw, gb), moments: [] },
  } as unknown as Buffers
}

const squares = (g: Float32Array) => g.reduce((sum, v) => sum + v * v, 0)
const norm = (...values: number[]) => Math.hypot(...values)

describe('gradients', () => {
  it('are bounded by value, and a lost one stays lost', () => {
    const buffers = buffersOf([], [], [0.5, -3, 2, 0, 0.1, Number.NaN], [9, -9])
    expect(clipGradients(buffers, { clipValue: 1 }, squares)).toBe(1)
    expect([...buffers.gradients.subarray(0, 6)]).toEqual([
      0.5,
      -1,
      1,
      0,
      Math.fround(0.1),
      Number.NaN,
    ])
    expect([...buffers.gradients.subarray(16, 18)]).toEqual([1, -1])
  })

  it('are bounded by norm, all together', () => {
    const buffers = buffersOf([], [], [3, 0, 0, 0, 0, 0], [4, 0])
    expect(clipGradients(buffers, { clipNorm: 1 }, squares)).toBeCloseTo(0.2)
    expect(clipGradients(buffers, { clipNorm: 6 }, squares)).toBe(1)
  })

  it('are bounded channel by channel in proportion to the weights, along the axis of the outputs', () => {
    const weights = [3, 0, 1, 4, 0, 1]
    const buffers = buffersOf(weights, [3, 4], [6, 1, 0.001, 8, 1, 0.001], [30, 40])
    clipGradients(buffers, { clipAdaptive: 0.1 }, squares)
    const { gradients } = buffers
    // Columns: |w| is 5, 0 and sqrt 2.
    expect(norm(gradients[0], gradients[3])).toBeCloseTo(0.5, 5)
    expect(gradients[0] / gradients[3]).toBeCloseTo(0.75, 5)
    expect(norm(gradients[1], gradients[4])).toBeCloseTo(1e-4, 8)
    expect(gradients[2]).toBeCloseTo(0.001, 8)
    expect(norm(gradients[16], gradients[17])).toBeCloseTo(0.5, 5)
  })
})

describe('weights', () => {
  it('stay within so many standard deviations of their tensor; a bias is left alone', () => {
    const buffers = buffersOf([1, -1, 1, -1, 1, -7], [3, -9], [], [])
    const values = [1, -1, 1, -1, 1, -7]
    const mean = values.reduce((a, b) => a + b) / 6
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 6)
    clipWeights(buffers, 1.5)
    expect([...buffers.parameters.subarray(0, 5)]).toEqual(values.slice(0, 5))
    expect(buffers.parameters[5]).toBeCloseTo(-1.5 * deviation, 5)
    expect([...buffers.parameters.subarray(16, 18)]).toEqual([3, -9])
  })
})
