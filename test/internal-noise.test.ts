import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openData } from '../src/data/index.js'
import { type Condition, evaluate, type Suite } from '../src/evaluate/index.js'
import { answersOf } from '../src/metrics/index.js'
import { modelPredictor, openModel, preprocessSchema } from '../src/model/index.js'
import { newNetwork } from '../src/networks/index.js'
import { writeModel } from '../src/onnx/index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-internal-'))
afterAll(() => rmSync(folder, { recursive: true }))

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

describe('answers that are means', () => {
  const open = async () => openData('mnist:test', { first: 30 })
  const nothing: Suite = { name: 'own', preset: '', tldr: '', conditions: [] }

  it('of an ensemble are mean probabilities, and its spread is that of its members', async () => {
    const data = await open()
    const files = [0, 1].map(seed => {
      const file = join(folder, `member-${seed}.onnx`)
      const model = newNetwork('mlp', { input: [1, 28, 28], classes: 10, seed })
      writeFileSync(file, writeModel(model))
      return file
    })
    const options = { model: files[0], ensemble: [files[1]], data, suite: nothing, threads: 1 }
    const { clean, uncertainty } = await evaluate(options)
    // The same from the two models' own answers.
    const p: Float64Array[] = []
    for (const file of files) {
      const preprocess = preprocessSchema.parse({})
      const predictor = await modelPredictor(await openModel(file), {
        sampleShape: data.shape,
        preprocess,
      })
      const samples = new Float32Array(30 * 784)
      for (let i = 0; i < 30; i++) data.read(i, samples.subarray(i * 784, (i + 1) * 784))
      const kind = 'logits'
      p.push(answersOf(await predictor.predict(samples, 30), { kind, columns: 10 }).probabilities)
      await predictor.close()
    }
    const h = (values: readonly number[]) => -values.reduce((sum, v) => sum + v * Math.log(v), 0)
    let [nll, total, each, votes] = [0, 0, 0, 0]
    for (let i = 0; i < 30; i++) {
      const [a, b] = p.map(all => [...all.subarray(10 * i, 10 * i + 10)])
      const mean = a.map((v, j) => (v + b[j]) / 2)
      nll -= Math.log(mean[data.labels![i]]) / 30
      total += h(mean) / 30
      each += (h(a) + h(b)) / 60
      if (a.indexOf(Math.max(...a)) !== b.indexOf(Math.max(...b))) votes += 0.5 / 30
    }
    expect(clean.nll).toBeCloseTo(nll, 5)
    expect(clean.entropy).toBeCloseTo(total, 5)
    expect(clean.expectedEntropy).toBeCloseTo(each, 5)
    expect(clean.mutualInformation).toBeCloseTo(total - each, 5)
    expect(clean.variationRatio).toBeCloseTo(votes, 10)
    expect(uncertainty).toMatchObject({ method: 'ensemble', members: 2 })
    expect(uncertainty!.alone.nll).not.toBeCloseTo(nll, 3)
  })

  it('of Monte-Carlo passes are the same whatever the batch, and spread with the noise', async () => {
    const data = await open()
    const run = (rate: number, batch = 30) =>
      evaluate({
        ...{ model: bytes('cnn'), data, suite: nothing, threads: 1, batch },
        monteCarlo: { passes: 4, noise: { kind: 'dropout', rate, match: 'Relu' } },
      })
    const [weak, strong, parts] = [await run(0.05), await run(0.5), await run(0.5, 7)]
    expect(parts.clean.nll).toBeCloseTo(strong.clean.nll!, 6)
    expect(parts.clean.mutualInformation).toBeCloseTo(strong.clean.mutualInformation!, 6)
    expect(weak.clean.mutualInformation).toBeGreaterThan(0)
    expect(strong.clean.mutualInformation).toBeGreaterThan(weak.clean.mutualInformation!)
    const none = await run(0)
    expect(none.clean.mutualInformation).toBeCloseTo(0, 6)
    expect(none.clean.nll).toBeCloseTo(none.uncertainty!.alone.nll!, 5)
    expect(strong.uncertainty!.touches).toHaveLength(3)
  })

  it('are refused where there is nothing to average', async () => {
    const data = await open()
    const options = { model: bytes('cnn'), data, suite: nothing, threads: 1 }
    await expect(evaluate({ ...options, monteCarlo: { passes: 1 } })).rejects.toThrow(/from 2/)
    await expect(
      evaluate({ ...options, monteCarlo: { passes: 2 }, ensemble: ['a.onnx'] }),
    ).rejects.toThrow(/one of them/)
  })
})

describe('the ranking of weight tensors', () => {
  it('noises one at a time, the most sensitive first', async () => {
    const data = await openData('mnist:test', { first: 40 })
    const options = { model: bytes('cnn'), data, threads: 1, perLayer: true } as const
    const suite = { name: 'own', preset: '', tldr: '', conditions: [] }
    const { internal } = await evaluate({ ...options, suite })
    const { tensors } = internal!.sensitivity!
    const { parameters } = await openModel(bytes('cnn'))
    expect(tensors.map(t => t.name).sort()).toEqual(parameters.map(p => p.name).sort())
    const drops = tensors.map(t => t.drop)
    expect(drops).toEqual([...drops].sort((a, b) => b - a))
    expect(tensors.filter(t => t.role === 'weight').every(t => t.lossRise !== 0)).toBe(true)
  })
})
