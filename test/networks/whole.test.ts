import { describe, expect, it } from 'vitest'
import { type TrainingGraph, trainingGraph } from '../../src/autodiff/index.js'
import { float32Tensor, type Tensor } from '../../src/base/index.js'
import { createSession, probeBlock, type Session } from '../../src/engine/index.js'
import { type LoweringOptions, lower, runtimeDomains } from '../../src/lowering/index.js'
import { CANONICAL_OPSET, type Graph, writeModel } from '../../src/onnx/index.js'
import { type Described, graphOf, numbers, parameter, readJson } from './described.js'

/** A gradient's norm and its products with eight vectors; the difference of two follows from these. */
type Projected = number[]

interface Golden {
  loss: number
  gradients: Record<string, Projected>
}

interface Entry {
  frozen: Golden
  batch?: Golden
  curve?: {
    rate: number
    batches: number
    losses: number[]
    statistics: Record<string, Projected>
  }
}

const { networks } = readJson<{ networks: Record<string, Entry> }>('golden.json')

const isStatistic = (name: string) => /\.(mean|variance)$/.test(name)

interface Step {
  training: TrainingGraph
  session: Session
  parameters: Map<string, Tensor>
}

async function open(
  network: Described,
  mode: 'frozen' | 'batch',
  options: LoweringOptions = {},
): Promise<Step> {
  const graph = graphOf(network)
  const parameters = new Map(
    Object.entries(network.parameters).map(([name, shape]) => [name, parameter(name, shape)]),
  )
  const trained = [...parameters.keys()].filter(name => !isStatistic(name))
  const training = trainingGraph(graph, {
    output: 'logits',
    loss: 'cross-entropy',
    wrt: [...trained, 'input'],
    feed: [...parameters.keys()].filter(isStatistic),
    batchNormalization: mode,
  })
  const lowered = lower(training.graph, options)
  return { training, session: await createSession(bytesOf(lowered), { threads: 1 }), parameters }
}

const bytesOf = (graph: Graph) =>
  writeModel({
    irVersion: 10,
    opsets: new Map([['', CANONICAL_OPSET], ...runtimeDomains(graph)]),
    producer: { name: '', version: '' },
    metadata: new Map(),
    graph,
  })

function batchOf({ input, classes }: Described, index: number, t: TrainingGraph) {
  const count = input.reduce((a, b) => a * b, 1)
  const labels = numbers(`labels ${index}`, input[0]).map(u => Math.floor(((u + 1) / 2) * classes))
  const targets = new Float32Array(input[0] * classes)
  for (const [n, label] of labels.entries()) targets[n * classes + label] = 1
  return {
    input: float32Tensor(numbers(`input ${index}`, count), input),
    [t.targets]: float32Tensor(targets, [input[0], classes]),
    [t.sampleWeights]: float32Tensor(new Float32Array(input[0]).fill(1), [input[0]]),
  }
}

async function run({ training, session, parameters }: Step, feeds: Record<string, Tensor>) {
  const wanted = new Set(session.inputs.map(({ name }) => name))
  const all = { ...Object.fromEntries(parameters), ...feeds }
  const own = Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name)))
  const results = await session.run(own)
  return { loss: Number(results[training.loss].data[0]), results }
}

/** The relative norm of the difference: each product has the variance |difference|^2 / 3. */
function difference(name: string, values: Float32Array, [norm, ...products]: Projected): number {
  const squares = products.map((wanted, k) => {
    const vector = numbers(`${name}#${k}`, values.length)
    const product = values.reduce((sum, v, i) => sum + v * vector[i], 0)
    return 3 * (product - wanted) ** 2
  })
  return Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length) / Math.max(norm, 1e-12)
}

const modes = Object.entries(networks).flatMap(([name, entry]) =>
  (['frozen', 'batch'] as const).flatMap(mode => {
    const golden = entry[mode]
    return golden ? [{ name, mode, golden }] : []
  }),
)

const block = await probeBlock()

const ways: Record<string, LoweringOptions> = {
  portable: {},
  'without FusedMatMul': { fused: false },
  ...(block ? { blocked: { column: 'blocked', block } } : {}),
}

describe.each(modes)('$name, statistics $mode', ({ name, mode, golden }) => {
  it.each(Object.entries(ways))('has the gradients PyTorch has (%s)', async (_, options) => {
    const network = readJson<Described>(`${name}.json`)
    const step = await open(network, mode, options)
    const { loss, results } = await run(step, batchOf(network, 0, step.training))
    await step.session.close()
    expect(loss).toBeCloseTo(golden.loss, 5)
    const largest = Math.max(...Object.values(golden.gradients).map(([norm]) => norm))
    for (const [of, projected] of Object.entries(golden.gradients)) {
      const gradient = results[step.training.gradients.get(of)!].data as Float32Array
      // A gradient that vanishes (a bias before a batch's own mean) is rounding alone.
      const isNothing = projected[0] < 1e-6 * largest
      const scale = isNothing ? [largest, ...projected.slice(1)] : projected
      expect(difference(of, gradient, scale), of).toBeLessThan(1e-4)
    }
  })
})

describe.skipIf(!block).each(modes)('$name, statistics $mode', ({ name, mode }) => {
  it('has the same gradients in blocked layout as without', async () => {
    const network = readJson<Described>(`${name}.json`)
    const [plain, fast] = await Promise.all(
      (['portable', 'blocked'] as const).map(async column => {
        const step = await open(network, mode, { column, block })
        const { results } = await run(step, batchOf(network, 0, step.training))
        await step.session.close()
        const entries = [...step.training.gradients].map(([of, g]) => [of, results[g].data])
        return new Map(entries as [string, Float32Array][])
      }),
    )
    const largest = Math.max(...[...plain.values()].map(values => Math.hypot(...values)))
    for (const [of, wanted] of plain) {
      const difference = Math.hypot(...wanted.map((v, i) => v - fast.get(of)![i]))
      // A gradient that vanishes (a bias before a batch's own mean) is rounding alone.
      const norm = Math.max(Math.hypot(...wanted), 1e-6 * largest)
      expect(difference / norm, of).toBeLessThan(
        1e-4 * (norm > 1e-6 * largest ? 1 : largest / norm),
      )
    }
  })
})

const curves = Object.entries(networks).flatMap(([name, { curve }]) =>
  curve ? [{ name, curve }] : [],
)

describe.each(curves)('$name', ({ name, curve }) => {
  it('has the loss PyTorch has over 100 steps', async () => {
    const network = readJson<Described>(`${name}.json`)
    const step = await open(network, 'batch')
    for (const [i, wanted] of curve.losses.entries()) {
      const feeds = batchOf(network, i % curve.batches, step.training)
      const { loss, results } = await run(step, feeds)
      expect(Math.abs(loss - wanted), `step ${i}`).toBeLessThan(1e-3)
      for (const [of, gradient] of step.training.gradients) {
        const w = step.parameters.get(of)?.data as Float32Array | undefined
        const g = results[gradient].data as Float32Array
        if (w) for (let k = 0; k < w.length; k++) w[k] -= curve.rate * g[k]
      }
      for (const { name: of, updated } of step.training.statistics) {
        step.parameters.set(of, results[updated])
        const running = results[updated].data as Float32Array
        if (i === 0) expect(difference(of, running, curve.statistics[of]), of).toBeLessThan(1e-5)
      }
    }
    await step.session.close()
  })
})
