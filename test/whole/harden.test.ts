/** Hardening of files as they come: what is written, what is refused, what is kept within the budget. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { float32Tensor, numberToFloat16, tensor } from '../../src/base/index.js'
import { type HardenOptions, harden, resume, train } from '../../src/index.js'
import { newNetwork } from '../../src/networks/index.js'
import {
  type Attributes,
  dataTypeCodes,
  emptyGraph,
  int,
  ints,
  type Model,
  type Node,
  readModel,
  readModelFile,
  writeModel,
} from '../../src/onnx/index.js'
import { readEvents } from '../../src/record/index.js'

const folder = mkdtempSync(join(tmpdir(), 'temper-harden-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

const node = (op: string, inputs: string[], output: string, attributes: Attributes = {}): Node => ({
  ...{ name: `the ${op} of ${output}`, op, domain: '', inputs, outputs: [output], attributes },
})

/** A network that has learned the digits, its batch free, ending in logits. */
let digits: Model

beforeAll(async () => {
  const recipe = {
    model: { network: 'mlp' },
    data: { train: 'mnist:train', limit: 2000 },
    optimizer: { learningRate: 2e-3 },
    train: { epochs: 2, batch: 64 },
    monitor: { samples: 50, every: '2ep' },
  }
  const { model } = await train({ recipe, out: at('digits'), threads: 1 })
  digits = readModelFile(model!)
  digits.metadata.clear()
  digits.metadata.set('owner', 'somebody')
  writeFileSync(at('plain.onnx'), writeModel(digits))
})

/** Batch fixed at 1, a Softmax at the end, weights as Constant nodes. */
function fixedBatch(): Model {
  const { graph } = digits
  const [input] = graph.inputs
  const constants = [...graph.initializers].map(([name, value]) =>
    node('Constant', [], name, { value: { type: 'tensor', value } }),
  )
  return {
    ...digits,
    graph: {
      ...graph,
      nodes: [...constants, ...graph.nodes, node('Softmax', ['logits'], 'p', { axis: int(1) })],
      initializers: new Map(),
      inputs: [{ ...input, shape: [1, ...input.shape!.slice(1)] }],
      outputs: [{ name: 'p', dtype: 'float32', shape: [1, 10] }],
      values: new Map(),
    },
  }
}

/** Channels last, and every weight among the inputs, as files of IR version 3 list them. */
function channelsLast(): Model {
  const { graph } = digits
  const weights = [...graph.initializers].map(([name, { dtype, shape }]) => ({
    ...{ name, dtype, shape: [...shape] },
  }))
  const first = graph.inputs[0].name
  return {
    ...digits,
    irVersion: 3,
    graph: {
      ...graph,
      nodes: [node('Transpose', ['image'], first, { perm: ints([0, 3, 1, 2]) }), ...graph.nodes],
      inputs: [{ name: 'image', dtype: 'float32', shape: ['n', 28, 28, 1] }],
      overridable: new Map(weights.map(weight => [weight.name, weight])),
    },
  }
}

/** Weights held in 16 bits. */
function half(): Model {
  const { graph } = digits
  const floats = [...graph.initializers].filter(([, { dtype }]) => dtype === 'float32')
  const casts = floats.map(([name]) =>
    node('Cast', [`${name}/half`], name, { to: int(dataTypeCodes.float32) }),
  )
  const narrow = floats.map(([name, { shape, data }]) => {
    const bits = Uint16Array.from(data as Float32Array, numberToFloat16)
    return [`${name}/half`, tensor('float16', shape, bits)] as const
  })
  const others = [...graph.initializers].filter(([, { dtype }]) => dtype !== 'float32')
  return {
    ...digits,
    graph: {
      ...graph,
      nodes: [...casts, ...graph.nodes],
      initializers: new Map([...others, ...narrow]),
    },
  }
}

const quick: Omit<HardenOptions, 'model' | 'out'> = {
  ...{ data: 'mnist:train', limit: 700, epochs: 1, batch: 64, learningRate: 1e-3, threads: 1 },
}

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

/** Everything of a model but the values of its weights. */
function frameOf({ graph, metadata, ...rest }: Model) {
  const withoutValues = (nodes: readonly Node[]) =>
    nodes.map(n => (n.op === 'Constant' ? { ...n, attributes: {} } : n))
  const types = [...graph.initializers].map(([name, { dtype, shape }]) => [name, dtype, shape])
  const kept = [...metadata].filter(([key]) => !key.startsWith('temper.'))
  return {
    ...rest,
    kept,
    graph: { ...graph, nodes: withoutValues(graph.nodes), initializers: types },
  }
}

function weightsOf({ graph }: Model): string[] {
  const constants = graph.nodes.flatMap(({ op, attributes: { value } }) =>
    op === 'Constant' && value?.type === 'tensor' ? [value.value] : [],
  )
  const tensors = [...graph.initializers.values(), ...constants]
  return tensors.map(({ data }) =>
    createHash('sha256')
      .update(data as never)
      .digest('hex'),
  )
}

describe('harden', () => {
  it.each([
    ['a file as exporters write it', () => digits],
    ['batch 1, Softmax at the end, weights as Constant nodes', fixedBatch],
    ['channels last, IR 3', channelsLast],
    ['float16 weights', half],
  ])('%s: the file comes back with other weights and nothing else changed', async (name, make) => {
    const bytes = writeModel(make())
    const file = at(`${name}.onnx`)
    writeFileSync(file, bytes)
    // A budget that lets any weights through, so that others than the given ones are kept.
    const { model, before, scorecard, best } = await harden({
      ...{ ...quick, model: file, out: at(name), maxCleanDrop: 0.9 },
    })
    const [given, hardened] = [readModel(bytes), readModelFile(model!)]
    expect(frameOf(hardened)).toEqual(frameOf(given))
    expect(hardened.metadata.get('owner')).toBe('somebody')
    expect(hardened.metadata.get('temper.noise')).toBe('input:gaussian')
    expect(best!.step).toBeGreaterThan(0)
    expect(weightsOf(hardened)).not.toEqual(weightsOf(given))
    expect(before.clean.accuracy).toBeGreaterThan(0.6)
    expect(scorecard!.data.samples).toBe(before.data.samples)
    expect(existsSync(join(at(name), 'scorecard-before.json'))).toBe(true)
  })

  it('keeps weights whose clean score is within the budget of the given model', async () => {
    const out = at('budget')
    const { best } = await harden({ ...quick, model: at('plain.onnx'), out, epochs: 2 })
    const { events } = readEvents(join(out, 'events.jsonl'))
    const checks = events.filter(event => event.type === 'check')
    const accuracyAt = (step: number) => checks.find(c => c.step === step)!.clean.accuracy!
    expect(accuracyAt(best!.step)).toBeGreaterThanOrEqual(accuracyAt(0) - 0.01)
    expect(best!.figures.noisyScore).toBe(
      Math.max(
        ...checks
          .filter(c => c.clean.accuracy! >= accuracyAt(0) - 0.01)
          .map(c => c.noisy.accuracy!),
      ),
    )
    expect(events.some(event => event.type === 'adjust' && event.gain > 0.5)).toBe(true)
  })

  it('finds a learning rate of its own, and goes on to the same bits when interrupted', async () => {
    const asked = { ...quick, limit: 400, learningRate: undefined, model: at('plain.onnx') }
    const { learningRate } = await harden({ ...asked, out: at('whole') })
    expect(learningRate).toBeGreaterThanOrEqual(3e-5)
    const stop = new AbortController()
    const onEvent = (event: { type: string; step?: unknown }) => {
      if (event.type === 'progress' && event.step === 3) stop.abort()
    }
    const cut = await harden({ ...asked, out: at('cut'), signal: stop.signal, onEvent })
    expect(cut.finished).toBe(false)
    await resume({ run: at('cut'), threads: 1 })
    expect(hashOf(join(at('cut'), 'model.onnx'))).toBe(hashOf(join(at('whole'), 'model.onnx')))
  })

  it('refuses a model that does not know its task, and writes nothing', async () => {
    const fresh = newNetwork('mlp', { input: [1, 28, 28], classes: 10, seed: 1 })
    writeFileSync(at('fresh.onnx'), writeModel(fresh))
    const out = at('refused')
    await expect(harden({ ...quick, model: at('fresh.onnx'), out })).rejects.toThrow(
      /no clear step above always answering the most common class.*[Ll]ikely causes/,
    )
    expect(existsSync(out)).toBe(false)
  })

  it('refuses a wrong budget', async () => {
    const asked = { ...quick, model: at('plain.onnx'), out: at('never'), maxCleanDrop: 0 }
    await expect(harden(asked)).rejects.toThrow(/--max-clean-drop/)
  })
})

/** y = tanh(2 a - b), or whether it is above 0, with features a to d. */
function writeTable(path: string, target: (value: number) => number): void {
  const rows = Array.from({ length: 500 }, (_, i) => {
    const features = [0, 1, 2, 3].map(k => Math.sin(i * (k + 1.3) * 7.7))
    return [...features, target(Math.tanh(2 * features[0] - features[1]))].join(',')
  })
  writeFileSync(path, `a,b,c,d,y\n${rows.join('\n')}\n`)
}

/** One layer that knows the table's formula, ending in Tanh or Sigmoid. */
function tableModel(last: 'Tanh' | 'Sigmoid'): Uint8Array {
  const weight = float32Tensor([2, -1, 0.02, -0.02], [4, 1])
  const graph = {
    ...emptyGraph('table'),
    nodes: [node('Gemm', ['x', 'w', 'b'], 'z'), node(last, ['z'], 'y')],
    inputs: [{ name: 'x', dtype: 'float32' as const, shape: ['n', 4] }],
    outputs: [{ name: 'y', dtype: 'float32' as const, shape: ['n', 1] }],
    initializers: new Map([
      ['w', weight],
      ['b', float32Tensor([0.05], [1])],
    ]),
  }
  const opsets = new Map([['', 17]])
  const producer = { name: 'test', version: '' }
  return writeModel({ irVersion: 8, opsets, producer, metadata: new Map(), graph })
}

describe('harden on tables', () => {
  it('a regression, by its relative error', async () => {
    writeTable(at('numbers.csv'), y => y + 0.05)
    writeFileSync(at('numbers.onnx'), tableModel('Tanh'))
    const { before, scorecard, best } = await harden({
      ...{ ...quick, data: at('numbers.csv'), limit: undefined, model: at('numbers.onnx') },
      ...{ out: at('numbers'), maxCleanDrop: 0.5, epochs: 4, batch: 32 },
    })
    expect(before.clean.rmse).toBeGreaterThan(0)
    expect(best!.figures.cleanScore).toBeGreaterThanOrEqual(-1.5 * before.clean.rmse! * 1.3)
    expect(scorecard!.summary.meanRmse).toBeLessThanOrEqual(before.summary.meanRmse! * 1.02)
  })

  it('a yes or no that ends in a Sigmoid', async () => {
    writeTable(at('classes.csv'), y => (y > 0 ? 1 : 0))
    writeFileSync(at('classes.onnx'), tableModel('Sigmoid'))
    const { before, scorecard } = await harden({
      ...{ ...quick, data: at('classes.csv'), limit: undefined, model: at('classes.onnx') },
      ...{ out: at('classes'), maxCleanDrop: 0.05, epochs: 2, batch: 32 },
    })
    expect(before.clean.accuracy).toBeGreaterThan(0.9)
    expect(scorecard!.clean.accuracy).toBeGreaterThan(0.85)
  })
})
