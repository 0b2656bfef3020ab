import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encode, float, node, plain, run, uniform } from '../../test/support/models.js'
import { runModel, worstDifference } from '../../test/support/runtime.js'
import { hasShared, sharedModel, sharedModels } from '../../test/support/shared.js'
import { float32Tensor, ModelError, type Tensor, tensor } from '../base/index.js'
import { type NetworkKind, networks, newNetwork } from '../networks/index.js'
import { type Model, writeModel } from '../onnx/index.js'
import {
  dynamicGraph,
  exportModel,
  feedParameters,
  type OpenedModel,
  type OpenOptions,
  openModel,
  proveBatch,
  samplesInput,
  staticGraph,
} from './index.js'

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
