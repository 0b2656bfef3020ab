import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { probeBlock } from '../../src/engine/index.js'
import { resume, type TrainOptions, train } from '../../src/index.js'
import { readModelFile } from '../../src/onnx/index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-activations-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Windows, schedules, a level for each sample, one draw a batch, two noises at one value. */
const recipe = {
  model: { network: 'cnn' },
  data: { train: 'mnist:train', validation: 0.2, limit: 160 },
  train: { epochs: 3, batch: 48, checkpointEvery: '2ba' },
  noise: [
    {
      at: 'activation',
      kind: 'gaussian',
      match: 'Relu',
      sigma: { uniform: [0, { ramp: [0.1, 0.4] }] },
    },
    {
      at: 'activation',
      kind: 'dropout',
      match: 'Relu',
      depth: [0.5, 1],
      rate: 0.2,
      every: '2ep',
      for: '1ep',
    },
    { at: 'activation', kind: 'converter', match: 'MaxPool', bits: 5, stochastic: 1, per: 'batch' },
    { at: 'weight', kind: 'gaussian', relative: 0.02 },
  ],
  monitor: { samples: 60 },
}

interface Settings extends Partial<TrainOptions> {
  readonly changes?: object
  readonly stops?: readonly number[]
}

/** The SHA-256 of a run's model; `stops` are steps at which the run is cut and resumed. */
async function hashOf(name: string, { changes = {}, stops = [], ...more }: Settings = {}) {
  const left = [...stops]
  const settings = () => {
    const stop = new AbortController()
    const at = left.shift()
    const onEvent = (event: { type: string; step?: unknown }) => {
      if (event.type === 'progress' && event.step === at) stop.abort()
    }
    return { threads: 1, signal: stop.signal, onEvent }
  }
  const out = join(folder, name)
  let result = await train({ recipe: { ...recipe, ...changes }, out, ...more, ...settings() })
  while (!result.finished) result = await resume({ run: out, ...settings() })
  return createHash('sha256').update(readFileSync(result.model!)).digest('hex')
}

const first = hashOf('first')

describe('noise on activations in training', () => {
  it('goes on to the same bits wherever it is interrupted', async () => {
    expect(await hashOf('broken', { stops: [1, 4] })).toBe(await first)
  })

  it('acts: without it the weights are others', async () => {
    const noise = recipe.noise.slice(3)
    expect(await hashOf('without', { changes: { noise } })).not.toBe(await first)
  })

  it('lists in the plan what it touches, and leaves the model plain', async () => {
    await first
    const plan = JSON.parse(readFileSync(join(folder, 'first', 'plan.json'), 'utf8'))
    const touches = plan.noise.map((noise: { touches: string[] }) => noise.touches.length)
    expect(touches.slice(0, 3)).toEqual([3, 1, 2])
    const { graph, metadata } = readModelFile(join(folder, 'first', 'model.onnx'))
    expect(graph.inputs.map(({ name }) => name)).toEqual(['input'])
    expect(graph.nodes.map(({ op }) => op)).not.toContain('Round')
    expect(metadata.get('temper.noise')).toContain('activation:dropout')
  })

  it('computes the same with blocked operators, but for rounding', async () => {
    const block = (await probeBlock()) as 8 | 16 | undefined
    if (!block) return console.log('skipped: this runtime has no blocked operators')
    const changes = { train: { epochs: 1, batch: 64 }, noise: recipe.noise.slice(0, 2) }
    await hashOf('portable', { changes })
    await hashOf('blocked', { changes, engine: { column: 'blocked', block } })
    const weights = (name: string) =>
      [...readModelFile(join(folder, name, 'model.onnx')).graph.initializers.values()].flatMap(
        ({ data, dtype }) => (dtype === 'float32' ? [...(data as Float32Array)] : []),
      )
    const [portable, blocked] = [weights('portable'), weights('blocked')]
    const worst = portable.reduce((most, w, i) => Math.max(most, Math.abs(w - blocked[i])), 0)
    expect(worst).toBeLessThan(2e-3)
  })

  it('gives each sample of a batch run in parts the numbers it has in the whole', async () => {
    const changes = (accumulate: number) => ({
      train: { epochs: 1, batch: 48, accumulate },
      noise: recipe.noise.slice(0, 2),
    })
    await hashOf('whole', { changes: changes(1) })
    await hashOf('parts', { changes: changes(3) })
    const loss = (name: string) =>
      Number(/"loss":([\d.]+)/.exec(readFileSync(join(folder, name, 'events.jsonl'), 'utf8'))?.[1])
    expect(loss('parts')).toBeCloseTo(loss('whole'), 4)
  })

  it('says what could match where nothing does', async () => {
    const refused = (entry: object) =>
      train({
        recipe: { ...recipe, noise: [{ at: 'activation', ...entry }] },
        out: join(folder, 'refused'),
      })
    await expect(refused({ kind: 'gaussian', sigma: 0.1, match: 'Gelu' })).rejects.toThrow(
      /noise\[0\].*"Gelu".*Conv, Relu, MaxPool/s,
    )
    await expect(refused({ kind: 'stochastic_depth', rate: 0.1 })).rejects.toThrow(/residual/)
    await expect(refused({ kind: 'embedding', alpha: 5 })).rejects.toThrow(/Gather/)
    await expect(refused({ kind: 'gaussian', sigma: 0.1, clip: [0, 1] })).rejects.toThrow(/clip/)
  })
})
