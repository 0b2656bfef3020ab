import { describe, expect, it } from 'vitest'
import { momentAt } from '../base/index.js'
import type { Batch } from '../data/index.js'
import { noiseOf } from '../noise/index.js'
import type { ResolvedNoise } from '../recipe/index.js'
import { parseLevel } from '../schedule/index.js'
import { lossOf } from './loop.js'
import { copiedPlan, type NoisyBatch, noiseBatch } from './noising.js'
import type { StepInput } from './step-session.js'

const lengths = { epochs: 2, batchesPerEpoch: 4, samplesPerEpoch: 12 }
const size = 4

function noise(at: 'input' | 'target' | 'mix', kind: string, given: Record<string, number>) {
  const levels = Object.entries(given).map(([field, value]) => [
    field,
    parseLevel(value, { lengths, where: field }),
  ])
  const settings = {
    share: 1,
    probability: 1,
    clip: null,
    window: () => true,
    touches: [],
    material: {},
  }
  return {
    ...settings,
    name: `${at}:${kind}`,
    entry: { at, kind },
    noise: noiseOf(at, kind),
    levels: Object.fromEntries(levels),
    redraw: at === 'target' ? 'run' : 'step',
  } as unknown as ResolvedNoise
}

const time = {
  seed: 3,
  step: 1,
  epoch: 0,
  moment: momentAt(1, lengths),
  gains: new Map(),
  begun: new Map(),
  holds: new Map(),
  lengths,
}

/** Each sample `copies` times, side by side; a sample's values are its id. */
function batchOf(ids: readonly number[], copies: number, isFirstClean = false): NoisyBatch {
  const rows = ids.length * copies
  const idOf = (row: number) => ids[Math.floor(row / copies)]
  const samples = Float32Array.from({ length: rows * size }, (_, i) => idOf(Math.floor(i / size)))
  const targets = Float32Array.from({ length: rows * 3 }, (_, i) =>
    idOf(Math.floor(i / 3)) % 3 === i % 3 ? 1 : 0,
  )
  return {
    ...{ rows, samples, targets, width: 3, shape: [size], of: { copies, isFirstClean } },
    spareSamples: new Float32Array(rows * size),
    spareTargets: new Float32Array(rows * 3),
    ids: Float64Array.from({ length: rows }, (_, row) => idOf(row)),
    copies: Uint32Array.from({ length: rows }, (_, row) => row % copies),
  }
}

const rowOf = (batch: NoisyBatch, row: number) => [
  ...batch.samples.subarray(row * size, (row + 1) * size),
]

describe('copies of a sample', () => {
  const gaussian = noise('input', 'gaussian', { sigma: 0.5 })

  it('get noise of their own, the same in whatever batch they stand', () => {
    const [two, one] = [batchOf([5, 7], 3), batchOf([7], 3)]
    noiseBatch(two, [gaussian], time)
    noiseBatch(one, [gaussian], time)
    expect(rowOf(two, 3)).toEqual(rowOf(one, 0))
    expect(rowOf(two, 5)).toEqual(rowOf(one, 2))
    expect(rowOf(two, 3)).not.toEqual(rowOf(two, 4))
  })

  it('leave the first one clean where the loss asks for it', () => {
    const batch = batchOf([5, 7], 2, true)
    noiseBatch(batch, [gaussian], time)
    expect(rowOf(batch, 0)).toEqual([5, 5, 5, 5])
    expect(rowOf(batch, 2)).toEqual([7, 7, 7, 7])
    expect(rowOf(batch, 1)).not.toEqual([5, 5, 5, 5])
  })

  it('share one label, flipped or not', () => {
    const batch = batchOf([0, 1, 2, 3, 4, 5], 2)
    noiseBatch(batch, [noise('target', 'flip', { rate: 0.5 })], time)
    for (let row = 0; row < batch.rows; row += 2)
      expect(batch.targets.slice(row * 3, row * 3 + 3)).toEqual(
        batch.targets.slice(row * 3 + 3, row * 3 + 6),
      )
    expect(batch.targets).not.toEqual(batchOf([0, 1, 2, 3, 4, 5], 2).targets)
  })

  it('are one number for two classes, where the model answers one', () => {
    const ids = Array.from({ length: 400 }, (_, i) => i)
    const batch = { ...batchOf(ids, 1), width: 1, targets: new Float32Array(400).fill(1) }
    noiseBatch(batch, [noise('target', 'flip', { rate: 0.25 })], time)
    const flipped = batch.targets.filter(t => t === 0).length
    // 100 expected, 5 standard errors of sqrt(400 x .25 x .75).
    expect(Math.abs(flipped - 100)).toBeLessThan(5 * Math.sqrt(75))
    expect(batch.targets.every(t => t === 0 || t === 1)).toBe(true)
    batch.targets.fill(1)
    noiseBatch(batch, [noise('target', 'smoothing', { amount: 0.2 })], time)
    expect(batch.targets[0]).toBeCloseTo(0.9, 6)
  })

  it('are mixed alike: copy k of a sample with copy k of its partner', () => {
    const plan = {
      parts: 2,
      indices: Int32Array.of(0, 1, 1, 0),
      weights: Float32Array.of(0.75, 0.25, 0.5, 0.5),
      boxes: Int32Array.of(0, 0, 1, 1, 0, 0, 2, 2),
    }
    const copied = copiedPlan(plan, 2)
    expect([...copied.indices]).toEqual([0, 2, 1, 3, 2, 0, 3, 1])
    expect([...copied.weights]).toEqual([0.75, 0.25, 0.75, 0.25, 0.5, 0.5, 0.5, 0.5])
    expect([...copied.boxes!]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 2, 2, 0, 0, 2, 2])
    const batch = batchOf([3, 9], 2)
    const mixed = noiseBatch(batch, [noise('mix', 'mixup', { alpha: 5 })], time)
    expect(rowOf(mixed, 0)).toEqual(rowOf(mixed, 1))
  })
})

it('a mix leaves word of the array that was trained on, which is what a board shows', async () => {
  const { samples, targets, spareSamples, spareTargets, ids, copies } = batchOf([3, 9], 1)
  const arrays = { samples, targets, spareSamples, spareTargets, trained: samples }
  const workspace = { ...arrays, sampleWeights: new Float32Array(2), width: 3, shape: [size] }
  const seen: Float32Array[] = []
  const stepper = { run: async (input: StepInput) => seen.push(input.samples) }
  const parts = (noises: readonly ResolvedNoise[]) =>
    ({ resolved: { noises, copies: { copies: 1 } }, buffers: {}, workspace, stepper }) as never
  const batch = { rows: 2, ids, copies, labels: Int32Array.of(0, 1) } as unknown as Batch
  await lossOf(parts([noise('mix', 'mixup', { alpha: 5 })]), batch, time)
  expect(seen[0]).toBe(spareSamples)
  expect(workspace.trained).toBe(spareSamples)
  await lossOf(parts([]), batch, time)
  expect(seen[1]).toBe(samples)
  expect(workspace.trained).toBe(samples)
})
