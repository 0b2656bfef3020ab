import { describe, expect, it } from 'vitest'
import { momentAt } from '../base/index.js'
import { openKernels } from '../kernels/index.js'
import type { Parameter } from '../model/index.js'
import { completeLevel, noises, type WeightNoise } from '../noise/index.js'
import type { ResolvedNoise } from '../recipe/index.js'
import { disturbedWeights } from './disturb.js'
import { allocateBuffers, bytesOfBuffers, layoutOf, viewOf } from './layout.js'
import type { NoiseTime } from './levels.js'

const shapes = { first: [16, 9], second: [8, 16], bias: [8] }

function parameter(name: keyof typeof shapes): Parameter {
  const shape = shapes[name]
  const length = shape.reduce((a, b) => a * b, 1)
  const data = Float32Array.from({ length }, (_, i) => Math.sin(i + length) * 0.3)
  return {
    ...{ name, shape, length, role: 'weight', channelAxis: 0, usedBy: 'Gemm "g"' },
    ...{ dtype: 'float32', stands: 'initializer', value: { dtype: 'float32', shape, data } },
  }
}

const parameters = [parameter('first'), parameter('second'), parameter('bias')]
const layout = layoutOf(parameters, () => true)
const kernels = openKernels({ bytes: bytesOfBuffers(layout, { moments: 0 }) + 2 ** 20 })
const buffers = allocateBuffers(kernels, layout, parameters, { moments: 0 })
const clean = buffers.parameters.slice()

const lengths = { epochs: 4, batchesPerEpoch: 10, samplesPerEpoch: 100 }
const time = (step: number): NoiseTime => ({
  ...{ seed: 3, moment: momentAt(step, lengths), step, epoch: Math.floor(step / 10), lengths },
  ...{ gains: new Map(), holds: new Map(), begun: new Map() },
})

/** What a recipe's weight noise resolves to, at a constant level that acts. */
function resolved(noise: WeightNoise, changes: Partial<ResolvedNoise> = {}): ResolvedNoise {
  const acting: Record<string, number> = { gaussian: 0.1, multiplicative: 0.1, uniform: 0.1 }
  const given = noise.kind in acting ? Object.keys(noise.levels)[0] : undefined
  const level = completeLevel(noise, {
    ...(given && { [given]: acting[noise.kind] }),
    ...('rate' in noise.levels && { rate: 0.2 }),
    ...('bits' in noise.levels && { bits: 4 }),
    ...('deviations' in noise.levels && { deviations: 0.5 }),
  })
  const constant = (value: number) => ({ resolve: () => value, middle: () => value }) as never
  return {
    ...{ name: `weight:${noise.kind}`, noise, entry: { at: 'weight', kind: noise.kind } },
    levels: Object.fromEntries(Object.entries(level).map(([f, v]) => [f, constant(v)])),
    ...{ window: () => true, clip: null, share: 1, probability: 1, redraw: 'step' },
    touches: ['first', 'second', 'bias'],
    ...changes,
  } as ResolvedNoise
}

const noisy = (all: ResolvedNoise[], step: number) =>
  disturbedWeights(buffers, all, time(step)).slice()
const isUntouched = () => expect(buffers.parameters).toEqual(clean)
const kinds = Object.values(noises.weight).map(noise => [noise.kind, noise] as const)

describe.each(kinds)('%s on the weights of a step', (_, noise) => {
  it('is drawn anew at every step, or lives as long as asked; the weights stay as they are', () => {
    const first = noisy([resolved(noise)], 4)
    expect(first).not.toEqual(clean)
    expect(noisy([resolved(noise)], 4)).toEqual(first)
    const second = noisy([resolved(noise)], 5)
    if (noise.deterministic) expect(second).toEqual(first)
    else expect(second).not.toEqual(first)
    const epoch = [resolved(noise, { redraw: 'epoch' })]
    expect(noisy(epoch, 5)).toEqual(noisy(epoch, 4))
    const run = [resolved(noise, { redraw: 'run' })]
    expect(noisy(run, 35)).toEqual(noisy(run, 4))
    if (!noise.deterministic) expect(noisy(epoch, 15)).not.toEqual(noisy(epoch, 4))
    isUntouched()
  })

  it('touches the tensors of its list alone', () => {
    const changed = noisy([resolved(noise, { touches: ['second'] })], 4)
    for (const slot of layout.slots) {
      const same = viewOf(changed, slot).every((v, i) => v === viewOf(clean, slot)[i])
      expect(same).toBe(slot.name !== 'second')
    }
  })
})

describe('the weights of a step', () => {
  const { gaussian, zeroed } = noises.weight

  it('are the clean ones where no noise acts, and after one that threw', () => {
    const broken = {
      ...gaussian,
      apply: () => {
        throw new Error('broken')
      },
    }
    expect(() => noisy([resolved(zeroed), resolved(broken)], 4)).toThrow('broken')
    isUntouched()
    const off = resolved(gaussian, { window: () => false })
    expect(disturbedWeights(buffers, [off], time(5))).toBe(buffers.parameters)
    expect(noisy([off], 5)).toEqual(clean)
  })

  it('take several noises one after another, and the gain of the controller', () => {
    const both = noisy([resolved(gaussian), resolved(zeroed)], 4)
    const zeros = both.filter((v, i) => v === 0 && clean[i] !== 0).length
    expect(zeros).toBeGreaterThan(20)
    const off = { ...time(4), gains: new Map([['weight:gaussian', 0]]) }
    expect(disturbedWeights(buffers, [resolved(gaussian)], off).slice()).toEqual(clean)
  })
})
