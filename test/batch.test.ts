import { describe, expect, it } from 'vitest'
import { float32Tensor, keyOf, Random, sizeOf, type Tensor, tensor } from '../src/base/index.js'
import {
  type BatchOptions,
  foldConstants,
  type Graph,
  type Model,
  readModel,
  withBatch,
  writeModel,
} from '../src/onnx/index.js'
import { runModel } from './support/runtime.js'
import { hasShared, sharedModel } from './support/shared.js'

/** Sizes the files leave open, and values of inputs that are settings rather than data. */
const open: Record<string, BatchOptions['dimensions']> = {
  'ch_ppocr_mobile_v2.0_cls_infer.onnx': {
    'p2o.DynamicDimension.1': 48,
    'p2o.DynamicDimension.2': 192,
  },
  'mnist-cntk-ort-examples.onnx': {},
  'oww-hello_deepa.onnx': {},
  'silero_vad_v5.onnx': { 'input[1]': 512 },
  'ultraface-rfb-320.onnx': {},
  'wonnx-opt-mnist.onnx': {},
}

/** Axis of the batch, where it is not the first. */
const batchAxis: Record<string, number> = { state: 1, stateN: 1 }

function opened(name: string): Model {
  const model = readModel(sharedModel(name))
  const { graph } = model
  if (graph.inputs.some(input => input.name === 'sr')) {
    graph.initializers.set('sr', tensor('int64', [], BigInt64Array.of(16000n)))
    graph.inputs = graph.inputs.filter(input => input.name !== 'sr')
  }
  return model
}

const rebatched = (name: string, graph: Graph, batch: number) =>
  withBatch(graph, batch, { dimensions: { ...open[name], 'state[1]': batch } })

function drawn(name: string, shape: readonly number[]): Tensor {
  const random = new Random(keyOf(3, name))
  return float32Tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.float() - 0.5),
    shape,
  )
}

/** Sample `i` of a tensor, as a batch of one. */
function sample({ shape, data }: Tensor, axis: number, i: number): Tensor {
  const inner = sizeOf(shape.slice(axis + 1))
  const values = Float32Array.from(data as Float32Array).filter(
    (_, at) => Math.floor(at / inner) % shape[axis] === i,
  )
  return float32Tensor(values, shape.with(axis, 1))
}

const worst = (a: Tensor, b: Tensor) =>
  Math.max(...Array.from(a.data as Float32Array, (x, i) => Math.abs(x - Number(b.data[i]))))

describe.skipIf(!hasShared)('a real model with another batch', () => {
  it.each(Object.keys(open))('%s: three samples together are three apart', async name => {
    const model = opened(name)
    const graph = rebatched(name, model.graph, 3)
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name, shape }) => [name, drawn(name, shape as number[])]),
    )
    const together = await runModel(writeModel({ ...model, graph }), feeds)
    const single = writeModel({ ...model, graph: rebatched(name, model.graph, 1) })
    for (const i of [0, 1, 2]) {
      const one = Object.entries(feeds).map(([key, t]) => [key, sample(t, batchAxis[key] ?? 0, i)])
      for (const [key, wanted] of Object.entries(await runModel(single, Object.fromEntries(one)))) {
        const part = sample(together[key], batchAxis[key] ?? 0, i)
        expect(part.shape).toEqual(wanted.shape)
        expect(worst(part, wanted)).toBeLessThan(1e-4)
      }
    }
  })

  it.each(Object.keys(open))('%s: every type inferred is the one the runtime finds', async name => {
    const model = opened(name)
    const graph = rebatched(name, model.graph, 2)
    const inner = graph.nodes.flatMap(node => node.outputs).filter(Boolean)
    const made = new Set(graph.outputs.map(output => output.name))
    const unknown = inner.filter(value => !graph.values.has(value))
    expect(unknown).toEqual([])
    const added = inner.filter(value => !made.has(value)).map(value => graph.values.get(value)!)
    const all = { ...graph, outputs: [...graph.outputs, ...added] }
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name, shape }) => [name, drawn(name, shape as number[])]),
    )
    const results = await runModel(writeModel({ ...model, graph: all }), feeds)
    for (const value of inner) {
      const { dtype, shape } = graph.values.get(value)!
      expect([value, results[value].dtype, results[value].shape]).toEqual([value, dtype, shape])
    }
  })

  it('inlines the sampling rate of silero, and names the weights by their paths', () => {
    const { graph } = opened('silero_vad_v5.onnx')
    expect(graph.nodes.filter(({ op }) => op === 'If')).toHaveLength(1)
    const simple = foldConstants(rebatched('silero_vad_v5.onnx', graph, 1))
    expect(simple.nodes.some(({ op }) => op === 'Constant' || op === 'If')).toBe(false)
    expect([...simple.initializers.keys()].some(name => name.includes('/then_branch/'))).toBe(true)
  })
})
