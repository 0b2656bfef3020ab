import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runModel, worstDifference } from '../../test/support/runtime.js'
import { hasShared, sharedModel, sharedModels } from '../../test/support/shared.js'
import {
  float32Tensor,
  keyOf,
  ModelError,
  numberToFloat16,
  Random,
  sizeOf,
  type Tensor,
  tensor,
  UsageError,
} from '../base/index.js'
import { type NetworkKind, networks, newNetwork } from '../networks/index.js'
import {
  type Attributes,
  emptyGraph,
  type Graph,
  int,
  ints,
  type Model,
  type Node,
  readModel,
  writeModel,
} from '../onnx/index.js'
import {
  dynamicGraph,
  exportModel,
  feedParameters,
  type OpenedModel,
  type OpenOptions,
  openModel,
  parseBinding,
  preprocessSchema,
  proveBatch,
  samplesInput,
  staticGraph,
} from './index.js'

const plain = preprocessSchema.parse({})

function uniform(shape: readonly number[], name = 'x'): Tensor<'float32'> {
  const random = new Random(keyOf(3, name))
  const data = Float32Array.from({ length: sizeOf(shape) }, () => random.float())
  return tensor('float32', shape, data)
}

const node = (op: string, inputs: string[], output: string, attributes: Attributes = {}): Node => ({
  ...{ name: '', op, domain: '', inputs, outputs: [output], attributes },
})

function encode(graph: Partial<Graph>, change: Partial<Model> = {}): Uint8Array {
  return writeModel({
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: { name: 'test', version: '' },
    metadata: new Map(),
    graph: { ...emptyGraph('g'), ...graph },
    ...change,
  })
}

const float = (name: string, ...shape: (number | string)[]) => ({
  ...{ name, dtype: 'float32' as const, shape },
})

/** Runs a graph made from an opened model. */
async function run(opened: OpenedModel, graph: Graph, feeds: Record<string, Tensor>) {
  const results = await runModel(writeModel({ ...opened.model, graph }), feeds)
  return results[opened.output.name]
}

describe.skipIf(!hasShared)('real files', () => {
  const table: [file: string, options: OpenOptions, sample: number[], wanted: object][] = [
    [
      'mnist-cntk-ort-examples.onnx',
      {},
      [1, 28, 28],
      { kind: 'logits', size: 10, parameters: 6, batch: 'freed', stands: 'initializer' },
    ],
    [
      'wonnx-opt-mnist.onnx',
      {},
      [1, 28, 28],
      { kind: 'logits', size: 10, parameters: 6, batch: 'freed', stands: 'initializer' },
    ],
    [
      'ch_ppocr_mobile_v2.0_cls_infer.onnx',
      {},
      [3, 48, 192],
      { kind: 'probabilities', size: 2, parameters: 213, batch: 'free', stands: 'Constant node' },
    ],
    [
      'silero_vad_v5.onnx',
      { inputs: { sr: 16000, state: 0 }, output: 'output', sample: [1, 512] },
      [1, 512],
      { kind: 'sigmoid', size: 1, parameters: 14, batch: 'free', stands: 'branch' },
    ],
    [
      'oww-hello_deepa.onnx',
      {},
      [25, 96],
      { kind: 'sigmoid', size: 1, parameters: 10, batch: 'freed', stands: 'initializer' },
    ],
    [
      'ultraface-rfb-320.onnx',
      { output: 'scores' },
      [3, 240, 320],
      { kind: 'probabilities', size: 8840, parameters: 90, batch: 'freed', stands: 'initializer' },
    ],
  ]

  it.each(table)('%s opens as what it is', async (file, options, sampleShape, wanted) => {
    const opened = await openModel(sharedModel(file), options)
    const { kind, size } = opened.output
    const [{ stands }] = opened.parameters
    const { length: parameters } = opened.parameters
    expect({ kind, size, parameters, batch: opened.batch.kind, stands }).toEqual(wanted)
    const proof = await proveBatch(opened, { sampleShape, preprocess: plain })
    expect(proof.kind).not.toBe('fixed')
  })

  it.each(table)('%s answers as the file does', async (file, options, sampleShape) => {
    const original = sharedModel(file)
    const opened = await openModel(original, { ...options, prove: false })
    const feeds = sharedModels[file]()
    for (const [name, value] of Object.entries(options.inputs ?? {}))
      (feeds[name].data as Float32Array).fill((name === 'sr' ? BigInt(16000) : value) as number)
    const wanted = (await runModel(original, feeds))[opened.output.name]
    const samples = feeds[opened.input.name]
    const shaped = tensor(
      'float32',
      [samples.shape[0], ...sampleShape],
      samples.data as Float32Array,
    )
    const graph = staticGraph(opened, shaped.shape[0], { sampleShape, preprocess: plain })
    const found = await run(opened, graph, { [samplesInput]: shaped })
    expect(found.data.length).toBe(wanted.data.length)
    expect(worstDifference({ ...found, shape: wanted.shape }, wanted)).toBeLessThan(1e-5)
  })

  it.each(table)(
    '%s, exported with other weights, answers by them',
    async (file, options, sampleShape) => {
      const original = sharedModel(file)
      const opened = await openModel(original, { ...options, prove: false })
      const weights = new Map(
        opened.parameters.map(({ name, value }) => [name, value.data.map(v => v * 1.01)]),
      )
      const metadata = new Map([['temper.seed', '1']])
      const exported = exportModel(opened, weights, metadata)
      const again = await openModel(exported, { ...options, prove: false })
      for (const { name, value } of again.parameters)
        expect(value.data, name).toEqual(weights.get(name))
      expect(again.original.metadata.get('temper.seed')).toBe('1')
      const names = (m: OpenedModel) => [m.original.graph.inputs, m.original.graph.outputs]
      expect(names(again)).toEqual(names(opened))

      const samples = { [samplesInput]: uniform([1, ...sampleShape]) }
      const request = { sampleShape, preprocess: plain }
      const fed = feedParameters(dynamicGraph(opened, request), opened)
      const feeds = Object.fromEntries(
        opened.parameters.map(p => [p.name, tensor('float32', p.shape, weights.get(p.name)!)]),
      )
      const wanted = await run(opened, fed, { ...samples, ...feeds })
      const found = await run(again, dynamicGraph(again, request), samples)
      expect(worstDifference(found, wanted)).toBeLessThan(1e-5)
    },
  )

  it('says which inputs have to be bound', async () => {
    const silero = sharedModel('silero_vad_v5.onnx')
    await expect(openModel(silero, { output: 'output' })).rejects.toThrow(
      /takes 3 inputs: "input" \[\?,\?\], "state" \[2,\?,128\], "sr" \[\]\..*--input name=value/,
    )
    await expect(openModel(silero)).rejects.toThrow(/2 outputs \(output, stateN\).*--output/)
  })
})

describe('fresh networks', () => {
  const inputs: Partial<Record<NetworkKind, number[]>> = {
    'ds-cnn': [1, 49, 10],
    cnn1d: [1, 512],
    transformer: [8, 6],
  }

  it.each(Object.keys(networks) as NetworkKind[])('%s: every weight is found', async kind => {
    const input = inputs[kind] ?? [1, 16, 16]
    const fresh = newNetwork(kind, { input, classes: 3, seed: 0 })
    const opened = await openModel(writeModel(fresh))
    const floats = [...fresh.graph.initializers].filter(([, t]) => t.dtype === 'float32')
    expect(opened.parameters.map(p => p.name).sort()).toEqual(floats.map(([n]) => n).sort())
    expect(opened.output).toMatchObject({ name: 'logits', kind: 'logits', size: 3 })
    expect(opened.batch.kind).toBe('free')
    const statistics = opened.parameters.filter(p => p.role === 'statistic').map(p => p.name)
    expect(statistics.every(name => /\.(mean|variance)$/.test(name))).toBe(true)
  })
})

describe('parameters', () => {
  it('are found behind Identity, Transpose and Reshape, and where nodes share them', async () => {
    const opened = await openModel(
      encode({
        nodes: [
          node('Identity', ['w'], 'same'),
          node('Transpose', ['same'], 'turned', { perm: ints([1, 0]) }),
          node('MatMul', ['x', 'turned'], 'a'),
          node('MatMul', ['a', 'w'], 'b'),
          node('Constant', [], 'bias', { value: { type: 'tensor', value: uniform([3]) } }),
          node('Add', ['b', 'bias'], 'y'),
        ],
        initializers: new Map([['w', uniform([2, 3])]]),
        inputs: [float('x', 'batch', 3)],
        outputs: [float('y', 'batch', 3)],
      }),
    )
    expect(opened.parameters.map(p => [p.name, p.role, p.stands])).toEqual([
      ['w', 'weight', 'initializer'],
      ['bias', 'bias', 'Constant node'],
    ])
  })

  it('are not what normalises the input, single factors, or masks', async () => {
    const opened = await openModel(
      encode({
        nodes: [
          node('Sub', ['x', 'mean'], 'centred'),
          node('Div', ['centred', 'std'], 'normal'),
          node('MatMul', ['normal', 'w'], 'a'),
          node('Mul', ['a', 'half'], 'b'),
          node('Add', ['b', 'mask'], 'y'),
        ],
        initializers: new Map<string, Tensor>([
          ['mean', uniform([3])],
          ['std', uniform([3])],
          ['w', uniform([3, 3])],
          ['half', float32Tensor([0.5], [])],
          ['mask', float32Tensor([0, -1e9, 0], [3])],
        ]),
        inputs: [float('x', 'batch', 3)],
        outputs: [float('y', 'batch', 3)],
      }),
    )
    expect(opened.parameters.map(p => p.name)).toEqual(['w'])
  })

  it('of 16 bits are held as float32 and written back as they were', async () => {
    const half = (values: number[]) =>
      tensor('float16', [values.length], Uint16Array.from(values, numberToFloat16))
    const bytes = encode({
      nodes: [
        node('Cast', ['x'], 'small', { to: int(10) }),
        node('Add', ['small', 'w'], 'sum'),
        node('Cast', ['sum'], 'y', { to: int(1) }),
      ],
      initializers: new Map([['w', half([1, 2.5])]]),
      inputs: [float('x', 'batch', 2)],
      outputs: [float('y', 'batch', 2)],
    })
    // What is added to the input at once would be a setting of it; here the cast comes between.
    const opened = await openModel(bytes)
    expect(opened.parameters).toEqual([])
    const layered = encode({
      nodes: [
        node('Cast', ['x'], 'small', { to: int(10) }),
        node('Relu', ['small'], 'positive'),
        node('Add', ['positive', 'w'], 'sum'),
        node('Cast', ['sum'], 'y', { to: int(1) }),
      ],
      initializers: new Map([['w', half([1, 2.5])]]),
      inputs: [float('x', 'batch', 2)],
      outputs: [float('y', 'batch', 2)],
    })
    const wide = await openModel(layered)
    expect(wide.parameters[0]).toMatchObject({ name: 'w', dtype: 'float16' })
    expect(wide.parameters[0].value).toEqual(float32Tensor([1, 2.5], [2]))
    const exported = exportModel(wide, new Map([['w', Float32Array.of(1.0001, 3)]]))
    expect(readModel(exported).graph.initializers.get('w')).toEqual(half([1, 3]))
  })
})

describe('the batch', () => {
  it('stays fixed where samples are mixed, with the reason', async () => {
    const bytes = encode({
      nodes: [
        node('ReduceMean', ['x'], 'mean', { axes: ints([0]), keepdims: int(1) }),
        node('Sub', ['x', 'mean'], 'y'),
      ],
      inputs: [float('x', 1, 4)],
      outputs: [float('y', 1, 4)],
    })
    const opened = await openModel(bytes)
    expect(opened.batch).toMatchObject({ kind: 'fixed', made: 1 })
    expect(opened.batch.reason).toMatch(/answers change|together/)
    const request = { sampleShape: [4], preprocess: plain }
    expect(() => staticGraph(opened, 2, request)).toThrow(/takes 1 samples at a time, not 2/)
    expect(staticGraph(opened, 1, request).outputs[0].shape).toEqual([1, 4])
    const { batch } = await openModel(bytes, { prove: false })
    expect(batch.kind).toBe('fixed')
  })
})

describe('samples become the input', () => {
  /** y = x, for an input of any kind. */
  const copy = (dtype: 'float32' | 'uint8' | 'float64', ...shape: (number | string)[]) =>
    encode({
      nodes: [node('Identity', ['x'], 'y')],
      inputs: [{ name: 'x', dtype, shape }],
      outputs: [{ name: 'y', dtype, shape }],
    })

  async function fed(bytes: Uint8Array, sampleShape: number[], preprocess: object = {}) {
    const opened = await openModel(bytes)
    const request = { sampleShape, preprocess: { ...opened.found.preprocess, ...preprocess } }
    const samples = uniform([2, ...sampleShape])
    const feeds = { [samplesInput]: samples }
    const found = await run(opened, staticGraph(opened, 2, request), feeds)
    const free = await run(opened, dynamicGraph(opened, request), feeds)
    expect(free).toEqual(found)
    return { samples: samples.data, found, opened }
  }

  it('as (sample * scale - mean) / std, for each channel', async () => {
    const settings = { scale: 255, mean: [10, 20, 30], std: [2, 3, 4] }
    const { samples, found } = await fed(copy('float32', 'n', 3, 2, 2), [3, 2, 2], settings)
    const wanted = samples.map((v, i) => {
      const channel = Math.floor(i / 4) % 3
      return Math.fround(
        Math.fround(Math.fround(v * 255) - settings.mean[channel]) / settings.std[channel],
      )
    })
    expect(found.data).toEqual(wanted)
  })

  it('channels last where the model wants them so', async () => {
    const { samples, found, opened } = await fed(copy('float32', 'n', 4, 5, 3), [3, 4, 5])
    expect(opened.layout).toEqual({ layout: 'NHWC', reason: 'its last size is 3' })
    expect(found.shape).toEqual([2, 4, 5, 3])
    const at = (n: number, c: number, h: number, w: number) =>
      samples[((n * 3 + c) * 4 + h) * 5 + w]
    expect(found.data[((1 * 4 + 2) * 5 + 3) * 3 + 1]).toBe(at(1, 1, 2, 3))
  })

  it('as whole bytes, from 0 to 255', async () => {
    const { samples, found, opened } = await fed(copy('uint8', 'n', 1, 3, 3), [1, 3, 3])
    expect(opened.found.source).toBe('the input holds bytes, 0 to 255')
    expect(found.data).toEqual(Uint8Array.from(samples, v => Math.round(Math.fround(v * 255))))
  })

  it('flat, without a channel axis, or in double precision', async () => {
    expect((await fed(copy('float32', 'n', 12), [3, 2, 2])).found.shape).toEqual([2, 12])
    expect((await fed(copy('float32', 'n', 't'), [1, 7])).found.shape).toEqual([2, 7])
    expect((await fed(copy('float32', 'n', 1, 'h', 'w'), [5, 6])).found.shape).toEqual([2, 1, 5, 6])
    expect((await fed(copy('float64', 'n', 4), [4])).found.dtype).toBe('float64')
  })

  it.each([
    [[1, 28, 28], /\[3, 32, 32\] a sample.*\[1, 28, 28\].*--preprocess/],
    [[3, 32, 31], /a sample/],
  ])('or are refused: %j', async (sampleShape, sentence) => {
    const opened = await openModel(copy('float32', 'n', 3, 32, 32))
    const make = () => dynamicGraph(opened, { sampleShape, preprocess: plain })
    expect(make).toThrow(ModelError)
    expect(make).toThrow(sentence)
  })

  it('refuses settings for another number of channels', async () => {
    const opened = await openModel(copy('float32', 'n', 3, 2, 2))
    const preprocess = preprocessSchema.parse({ mean: [1, 2] })
    expect(() => dynamicGraph(opened, { sampleShape: [3, 2, 2], preprocess })).toThrow(
      /mean: expected 1 or 3 numbers/,
    )
  })
})

describe('further inputs', () => {
  const bytes = encode({
    nodes: [
      node('Cast', ['n'], 'factor', { to: int(1) }),
      node('Mul', ['x', 'factor'], 'a'),
      node('Add', ['a', 's'], 'y'),
    ],
    inputs: [
      float('x', 'batch', 2),
      { name: 'n', dtype: 'int64', shape: [] },
      float('s', 'batch', 2),
    ],
    outputs: [float('y', 'batch', 2)],
  })

  it('are bound to numbers, over as many samples as come', async () => {
    const opened = await openModel(bytes, { inputs: { n: 3, s: 0.5 } })
    const request = { sampleShape: [2], preprocess: plain }
    const samples = { [samplesInput]: float32Tensor([1, 2, 3, 4, 5, 6], [3, 2]) }
    const wanted = float32Tensor([3.5, 6.5, 9.5, 12.5, 15.5, 18.5], [3, 2])
    expect(await run(opened, dynamicGraph(opened, request), samples)).toEqual(wanted)
    expect(await run(opened, staticGraph(opened, 3, request), samples)).toEqual(wanted)
  })

  it.each([
    [{ n: 3 }, /takes 2 inputs/],
    [{ n: 3, t: 1 }, /one of the model's inputs \(x, n, s\).*"t"/],
    [{ n: 0.5, s: 0 }, /whole numbers \(int64\).*0.5/],
    [{ n: [1, 2], s: 0 }, /1 value or 1 for the shape/],
    [{ n: 3, s: [1, 2] }, /--input s/],
    [{ x: 0, n: 0, s: 0 }, /none is left|no input left/],
  ])('are refused: %j', async (inputs, sentence) => {
    await expect(openModel(bytes, { inputs })).rejects.toThrow(sentence)
  })

  it('are read from name=value', () => {
    expect(parseBinding('sr=16000')).toEqual(['sr', [16000]])
    expect(parseBinding('a=b=1,-2.5')).toEqual(['a=b', [1, -2.5]])
    for (const text of ['sr', 'sr=', '=1', 'sr=x', 'sr=1,'])
      expect(() => parseBinding(text), text).toThrow(UsageError)
  })
})

describe('what a model comes with', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'temper-model-'))
    mkdirSync(join(folder, 'onnx'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const network = (change: Partial<Model> = {}) =>
    writeModel({ ...newNetwork('mlp', { input: [3, 2, 2], classes: 2, seed: 0 }), ...change })

  it('is read from its own metadata first, then from preprocessor_config.json', async () => {
    const path = join(folder, 'onnx/model.onnx')
    writeFileSync(path, network())
    expect((await openModel(path)).found).toEqual({ preprocess: plain })
    const config = {
      ...{ do_rescale: true, rescale_factor: 0.00392156862745098, do_normalize: true },
      ...{ image_mean: [0.5, 0.4, 0.3], image_std: [0.2, 0.2, 0.2], size: { shortest_edge: 2 } },
    }
    writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(config))
    const { found } = await openModel(path)
    expect(found.source).toMatch(/preprocessor_config.json$/)
    const wanted = { scale: 1, mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.2], size: [2, 2] }
    expect(found.preprocess).toMatchObject({ resize: { rule: 'crop' } })
    expect({ ...found.preprocess, resize: undefined }).toEqual(wanted)

    const own = new Map([['temper.preprocess', '{"scale":2}']])
    writeFileSync(path, network({ metadata: own }))
    expect((await openModel(path)).found.preprocess).toMatchObject({ scale: 2, std: 1 })
  })

  it('is refused when it is broken, with where it stands', async () => {
    const bad = (text: string) =>
      openModel(network({ metadata: new Map([['temper.preprocess', text]]) }))
    await expect(bad('{')).rejects.toThrow(/metadata temper.preprocess is not JSON/)
    await expect(bad('{"std":0}')).rejects.toThrow(ModelError)
    writeFileSync(join(folder, 'preprocessor_config.json'), '[1')
    writeFileSync(join(folder, 'model.onnx'), network())
    await expect(openModel(join(folder, 'model.onnx'))).rejects.toThrow(/not JSON/)
  })

  it('errors name the file', async () => {
    const path = join(folder, 'picture.onnx')
    writeFileSync(path, '\x89PNG\r\n', 'latin1')
    await expect(openModel(path)).rejects.toThrow(/picture.onnx: .*not an ONNX model/)
    await expect(openModel(join(folder, 'none.onnx'))).rejects.toThrow(/none.onnx.*no such file/)
  })
})

it('recognises a quantised model', async () => {
  const quantised = encode({
    nodes: [
      node('QuantizeLinear', ['x', 'scale', 'zero'], 'q'),
      node('DequantizeLinear', ['q', 'scale', 'zero'], 'y'),
    ],
    initializers: new Map<string, Tensor>([
      ['scale', float32Tensor([0.1], [])],
      ['zero', tensor('uint8', [], Uint8Array.of(0))],
    ]),
    inputs: [float('x', 'batch', 2)],
    outputs: [float('y', 'batch', 2)],
  })
  expect((await openModel(quantised)).isQuantised).toBe(true)
  const fresh = newNetwork('mlp', { input: [2], classes: 2, seed: 0 })
  expect((await openModel(writeModel(fresh))).isQuantised).toBe(false)
})
