import { describe, expect, it } from 'vitest'
import { openData } from '../src/data/index.js'
import { type Condition, evaluate, type Suite } from '../src/evaluate/index.js'
import { modelPredictor, openModel, preprocessSchema } from '../src/model/index.js'
import { newNetwork } from '../src/networks/index.js'
import { writeModel } from '../src/onnx/index.js'

const bytes = (network: 'cnn' | 'resnet8') =>
  writeModel(newNetwork(network, { input: [1, 28, 28], classes: 10, seed: 1 }))

const condition = (
  at: Condition['at'],
  kind: string,
  level: Condition['level'],
  more: Partial<Condition> = {},
): Condition => ({
  ...{ at, kind, level, severity: 1, clip: null, draws: 1 },
  ...more,
})

const measure = async (
  conditions: readonly Condition[],
  network: 'cnn' | 'resnet8' = 'cnn',
  batch = 30,
) => {
  const suite: Suite = { name: 'own', preset: '', tldr: '', conditions }
  const data = await openData('mnist:test', { first: 40 })
  return evaluate({ model: bytes(network), data, suite, threads: 1, batch })
}

describe('noise inside a model that is measured', () => {
  it('is the same whatever the batch, and as seeds and severities say', async () => {
    const suite = [
      condition('activation', 'gaussian', { relative: 0.2 }),
      condition('activation', 'dropout', { rate: 0.3 }, { match: 'MaxPool' }),
      condition('weight', 'gaussian', { relative: 0.1 }, { draws: 2 }),
    ]
    const [whole, parts] = [await measure(suite), await measure(suite, 'cnn', 7)]
    for (const [i, { measures }] of whole.conditions.entries()) {
      expect(measures.nll).toBeCloseTo(parts.conditions[i].measures.nll!, 6)
      expect(measures.nll).not.toBe(whole.clean.nll)
    }
    expect(whole.conditions[1].match).toBe('MaxPool')
  })

  it('changes nothing at level 0', async () => {
    const { clean, conditions } = await measure([
      condition('activation', 'gaussian', { relative: 0 }),
      condition('activation', 'quantization', { bits: 32 }),
      condition('weight', 'gaussian', { relative: 0 }),
    ])
    for (const { measures, flipRate } of conditions) {
      expect(measures.nll).toBeCloseTo(clean.nll!, 6)
      expect(flipRate).toBe(0)
    }
  })

  it('of weights knows shapes and channels, touches what the pattern says, and no statistics', async () => {
    const opened = await openModel(bytes('resnet8'))
    const axes = new Map(opened.parameters.map(p => [p.usedBy.split(' ')[0], p.channelAxis]))
    expect([axes.get('Conv'), opened.parameters.some(p => p.role === 'statistic')]).toEqual([
      0,
      true,
    ])
    // Noise on every tensor would now and then make a variance negative, and the answers no numbers.
    const { conditions } = await measure(
      [
        condition('weight', 'gaussian', { relative: 1 }, { draws: 3 }),
        condition('weight', 'gaussian', { channelRelative: 0.1 }),
        condition('weight', 'gaussian', { relative: 0.5 }, { match: opened.parameters[0].name }),
      ],
      'resnet8',
    )
    for (const { measures } of conditions) expect(measures.nll).toBeGreaterThan(0)
  })

  it('refuses a pattern that matches nothing, and a predictor without a graph', async () => {
    await expect(
      measure([condition('weight', 'gaussian', { relative: 0.1 }, { match: 'encoder.*' })]),
    ).rejects.toThrow(/encoder.*matches no weight/)
    await expect(
      measure([condition('activation', 'gaussian', { relative: 0.1 }, { match: 'Gelu' })]),
    ).rejects.toThrow(/Gelu/)
    const data = await openData('mnist:test', { first: 10 })
    const predict = (_: Float32Array, rows: number) => new Float32Array(rows * 10)
    const suite = {
      name: 'own',
      preset: '',
      tldr: '',
      conditions: [condition('activation', 'dropout', { rate: 0.1 })],
    }
    await expect(evaluate({ predict, outputs: 10, data, suite })).rejects.toThrow(/no graph/)
  })

  it('finds the channels of a transposed product', async () => {
    const opened = await openModel(bytes('cnn'))
    const dense = opened.parameters.filter(p => p.usedBy.startsWith('Gemm') && p.role === 'weight')
    expect(dense.length).toBe(2)
    for (const { shape, channelAxis } of dense) expect([128, 10]).toContain(shape[channelAxis])
    const options = { sampleShape: [1, 28, 28], preprocess: preprocessSchema.parse({}) }
    const predictor = await modelPredictor(opened, options)
    expect(predictor.parameters?.length).toBe(predictor.weights?.size)
    await predictor.close()
  })
})
