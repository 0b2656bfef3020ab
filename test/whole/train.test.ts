import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as runtime from 'onnxruntime-node'
import { afterAll, describe, expect, it } from 'vitest'
import { openData } from '../../src/data/index.js'
import { evaluate, resume, train } from '../../src/index.js'
import { readModelFile } from '../../src/onnx/index.js'
import { readEvents } from '../../src/record/index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-train-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Every site of noise, batch statistics, and a last batch that is not full. */
const recipe = {
  model: { network: 'mlp' },
  data: { train: 'mnist:train', validation: 0.2, limit: 700 },
  optimizer: { kind: 'adam', learningRate: { cosine: [2e-3, 1e-5] }, clipNorm: 1 },
  train: { epochs: 3, batch: 64, checkpointEvery: '3ba' },
  noise: [
    {
      at: 'input',
      kind: 'gaussian',
      sigma: { uniform: [0, { ramp: [0.1, 0.4] }] },
      clip: [0, 1],
      share: 0.8,
    },
    { at: 'mix', kind: 'mixup', alpha: 0.2, probability: 0.5 },
    { at: 'weight', kind: 'gaussian', relative: 0.02, every: '2ep', for: '1ep' },
    { at: 'target', kind: 'smoothing', amount: 0.1 },
    { at: 'target', kind: 'flip', rate: 0.1 },
    { at: 'gradient', kind: 'gaussian', variance: { anneal: { eta: 0.0001, gamma: 0.55 } } },
  ],
  monitor: { samples: 100 },
}

const runs = new Map<string, Promise<string>>()

/** The SHA-256 of a run's model; `interruptions` are steps at which the run is stopped and resumed. */
function hashOf(name: string, changes: object = {}, interruptions: readonly number[] = []) {
  const known = runs.get(name)
  if (known) return known
  const made = makeRun(join(folder, name), { ...recipe, ...changes }, interruptions)
  runs.set(name, made)
  return made
}

async function makeRun(
  out: string,
  { threads = 1, ...chosen }: { readonly threads?: number; readonly [key: string]: unknown },
  interruptions: readonly number[],
) {
  const stops = [...interruptions]
  const settings = () => {
    const stop = new AbortController()
    const at = stops.shift()
    return {
      threads,
      signal: stop.signal,
      onEvent: (event: { type: string; step?: unknown }) => {
        if (event.type === 'progress' && event.step === at) stop.abort()
      },
    }
  }
  let result = await train({ recipe: chosen, out, ...settings() })
  while (!result.finished) result = await resume({ run: out, ...settings() })
  return createHash('sha256').update(readFileSync(result.model!)).digest('hex')
}

describe('a training run', () => {
  it('gives the same bits twice with one seed, and others with another', async () => {
    expect(await hashOf('second')).toBe(await hashOf('first'))
    expect(await hashOf('seed', { seed: 1 })).not.toBe(await hashOf('first'))
  })

  it('goes on to the same bits wherever it is interrupted', async () => {
    expect(await hashOf('broken', {}, [1, 9, 10])).toBe(await hashOf('first'))
  })

  it('shares batches among sessions as its plan says, to the same bits wherever it stops', async () => {
    const changes = {
      model: { network: 'cnn' },
      data: { train: 'mnist:train', validation: 0.2, limit: 300 },
      train: { epochs: 2, batch: 64, checkpointEvery: '3ba' },
    }
    const alone = await hashOf('alone', changes)
    const shared = await hashOf('shared', { ...changes, threads: 2 })
    expect(await hashOf('shared, broken', { ...changes, threads: 2 }, [1, 5])).toBe(shared)
    expect(shared).not.toBe(alone)
    const planOf = (name: string) =>
      JSON.parse(readFileSync(join(folder, name, 'plan.json'), 'utf8'))
    expect([planOf('alone').sessions, planOf('shared').sessions]).toEqual([undefined, 2])
    const lossOf = (name: string) =>
      Number(
        readEvents(join(folder, name, 'events.jsonl')).events.findLast(e => e.type === 'epoch')!
          .loss,
      )
    expect(Math.abs(lossOf('shared') / lossOf('alone') - 1)).toBeLessThan(1e-3)
  })

  it('gives the same bits from a checkpoint after a crash that lost later steps', async () => {
    await hashOf('first')
    const out = join(folder, 'crashed')
    const stop = new AbortController()
    const crash = new Error('power cut')
    const onEvent = (event: { type: string; step?: unknown }) => {
      if (event.type === 'progress' && event.step === 8) throw crash
    }
    await expect(train({ recipe, out, threads: 1, signal: stop.signal, onEvent })).rejects.toBe(
      crash,
    )
    const { model } = await resume({ run: out, threads: 1 })
    const hash = createHash('sha256').update(readFileSync(model!)).digest('hex')
    expect(hash).toBe(await hashOf('first'))
    const { events } = readEvents(join(out, 'events.jsonl'))
    expect(events.filter(e => e.type === 'resumed')).toHaveLength(1)
    expect(events.filter(e => e.type === 'epoch')).toHaveLength(3)
  })

  it('takes the same decisions about overused noise when it is interrupted around them', async () => {
    const changes = {
      data: { train: 'mnist:train', validation: 0.3, limit: 1500 },
      train: { epochs: 6, batch: 64, checkpointEvery: '7ba' },
      noise: [{ at: 'input', kind: 'gaussian', sigma: 3, clip: 'none' }],
      monitor: { every: '0.5ep', samples: 400 },
    }
    const whole = await hashOf('overused', changes)
    const adjusted = (name: string) =>
      readEvents(join(folder, name, 'events.jsonl'))
        .events.filter(e => e.type === 'adjust')
        .map(({ step, gain, hold, reason }) => ({ step, gain, hold, reason }))
    expect(adjusted('overused').length).toBeGreaterThan(0)
    const [{ step }] = adjusted('overused')
    const stops = [Number(step) - 1, Number(step), Number(step) + 3]
    expect(await hashOf('overused, broken', changes, stops)).toBe(whole)
    expect(adjusted('overused, broken')).toEqual(adjusted('overused'))
  })

  it('trains on noisy copies of each sample, in parts or at once, to the same bits wherever it stops', async () => {
    const changes = {
      data: { train: 'mnist:train', validation: 0.2, limit: 250 },
      train: { ...recipe.train, epochs: 2, loss: { kind: 'consistency', copies: 3, lambda: 5 } },
    }
    const whole = await hashOf('copies', changes)
    expect(await hashOf('copies broken', changes, [2])).toBe(whole)
    const plan = JSON.parse(readFileSync(join(folder, 'copies', 'plan.json'), 'utf8'))
    expect(plan.train).toMatchObject({ copies: 3, isFirstClean: false })
    const parts = { ...changes, train: { ...changes.train, accumulate: 5 } }
    expect(await hashOf('copies in parts', parts)).not.toBe(whole)
    const lossOf = (name: string) =>
      Number(
        readEvents(join(folder, name, 'events.jsonl')).events.find(e => e.type === 'epoch')?.loss,
      )
    expect(lossOf('copies in parts')).toBeCloseTo(lossOf('copies'), 4)
  })

  it('moves samples and weights up the loss, to the same bits wherever it stops', async () => {
    const changes = {
      data: { train: 'mnist:train', validation: 0.2, limit: 250 },
      train: { ...recipe.train, epochs: 2 },
      noise: [
        { at: 'weight', kind: 'gaussian', relative: 0.02 },
        { at: 'input', kind: 'projected_gradient', radius: 0.1, steps: 2, share: 0.5 },
        { at: 'weight', kind: 'adversarial', radius: { ramp: [0, 0.02] }, match: 'fc1*' },
        { at: 'weight', kind: 'sharpness_aware', radius: 0.05, every: '2ep', for: '1ep' },
      ],
    }
    expect(await hashOf('ascents broken', changes, [2])).toBe(await hashOf('ascents', changes))
    const plan = JSON.parse(readFileSync(join(folder, 'ascents', 'plan.json'), 'utf8'))
    expect(plan.train.passesPerUpdate).toBe(5)
    expect(plan.noise[2].touches).toEqual(['fc1.weight'])
    const without = { ...changes, noise: changes.noise.slice(0, 1) }
    expect(await hashOf('no ascents', without)).not.toBe(await hashOf('ascents', changes))
  })

  it('keeps weights within so many deviations for good, to the same bits wherever it stops', async () => {
    const changes = { optimizer: { ...recipe.optimizer, clipWeights: 2 } }
    const whole = await hashOf('clipped', changes)
    expect(await hashOf('clipped broken', changes, [4])).toBe(whole)
    const { initializers } = readModelFile(join(folder, 'clipped', 'model.onnx')).graph
    const weights = [...(initializers.get('fc1.weight')!.data as Float32Array)]
    const deviation = Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0) / weights.length)
    // What is cut off makes the deviation a little smaller.
    const largest = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0)
    expect(largest / deviation).toBeLessThan(2.1)
  })

  it('remembers mean answers by class, to the same bits wherever it stops', async () => {
    const changes = {
      data: { train: 'mnist:train', validation: 0.2, limit: 250 },
      train: { ...recipe.train, epochs: 3, checkpointEvery: '2ba', loss: 'online-smoothing' },
      monitor: { every: '3ep', samples: 40 },
    }
    const whole = await hashOf('remembers', changes)
    expect(await hashOf('remembers broken', changes, [1, 5])).toBe(whole)
    const plain = { ...changes, train: { ...changes.train, loss: 'cross-entropy' } }
    expect(await hashOf('forgets', plain)).not.toBe(whole)
  })

  it('refuses to compare copies that nothing tells apart', async () => {
    const alike = { ...recipe, noise: [], train: { loss: 'stability' } }
    await expect(train({ recipe: alike, out: join(folder, 'alike') })).rejects.toThrow(
      /no noise at: input/,
    )
  })

  it('goes on to the same bits with averaged weights, balanced samples and class weights', async () => {
    const changes = {
      optimizer: { ...recipe.optimizer, average: { kind: 'exponential', decay: 0.9 } },
      train: { ...recipe.train, sampling: 'balanced', classWeights: 'balanced' },
    }
    expect(await hashOf('averaged broken', changes, [5, 13])).toBe(
      await hashOf('averaged', changes),
    )
    expect(await hashOf('averaged')).not.toBe(await hashOf('first'))
  })

  it('gives the same model whether a batch is run at once or in parts', async () => {
    // Gradients alone are compared: sums in another order round otherwise.
    const plain = { noise: [], monitor: { samples: 50 }, data: { ...recipe.data, limit: 300 } }
    const weightsOf = async (accumulate: number) => {
      const train = { epochs: 1, batch: 64, accumulate }
      await hashOf(`parts ${accumulate}`, { ...plain, train })
      const { graph } = readModelFile(join(folder, `parts ${accumulate}`, 'model.onnx'))
      return [...graph.initializers.values()]
        .filter(({ dtype }) => dtype === 'float32')
        .flatMap(({ data }) => [...(data as Float32Array)])
    }
    const [whole, parts] = [await weightsOf(1), await weightsOf(3)]
    const worst = whole.reduce((most, w, i) => Math.max(most, Math.abs(w - parts[i])), 0)
    expect(parts).toHaveLength(whole.length)
    expect(worst).toBeLessThan(1e-3)
    expect(parts).not.toEqual(whole)
  })

  it('leaves the folder the contract names, and a model without noise inside', async () => {
    await hashOf('measured', {
      data: { ...recipe.data, test: 'mnist:test' },
      train: { epochs: 1, batch: 64 },
    })
    const names = readdirSync(join(folder, 'measured'))
    for (const name of [
      'recipe.yaml',
      'plan.json',
      'events.jsonl',
      'model.onnx',
      'scorecard.json',
      'metrics.csv',
    ])
      expect(names).toContain(name)
    const { graph, metadata } = readModelFile(join(folder, 'measured', 'model.onnx'))
    expect(graph.nodes.map(node => node.op)).not.toContain('RandomNormalLike')
    expect(graph.inputs.map(i => i.name)).toEqual(['input'])
    expect(metadata.get('temper.noise')).toContain('input:gaussian')
    expect(JSON.parse(metadata.get('temper.classes')!)).toHaveLength(10)
  })

  it('writes a model whose answers in the stock runtime are those that were measured', async () => {
    await hashOf('first')
    const model = join(folder, 'first', 'model.onnx')
    const data = await openData('mnist:test', { first: 64 })
    const session = await runtime.InferenceSession.create(model)
    const samples = new Float32Array(64 * 784)
    for (let i = 0; i < 64; i++) data.read(i, samples.subarray(i * 784, (i + 1) * 784))
    const fed = new runtime.Tensor('float32', samples, [64, 1, 28, 28])
    const { logits } = await session.run({ input: fed })
    const rows = logits.data as Float32Array
    const loss = [...data.labels!].map((label, i) => {
      const row = [...rows.subarray(i * 10, (i + 1) * 10)]
      return Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0)) - row[label]
    })
    const { clean } = await evaluate({ model, data: 'mnist:test', first: 64, threads: 1 })
    expect(clean.nll).toBeCloseTo(loss.reduce((a, b) => a + b, 0) / 64, 5)
  })
})
