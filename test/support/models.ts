import { keyOf, Random, sizeOf, type Tensor, tensor } from '../../src/base/index.js'
import type { OpenedModel } from '../../src/model/index.js'
import { preprocessSchema } from '../../src/model/index.js'
import {
  type Attributes,
  emptyGraph,
  type Graph,
  type Model,
  type Node,
  writeModel,
} from '../../src/onnx/index.js'
import { runModel } from './runtime.js'

/** Samples as they are. */
export const plain = preprocessSchema.parse({})

/** Uniform numbers, always the same for a name. */
export function uniform(shape: readonly number[], name = 'x'): Tensor<'float32'> {
  const random = new Random(keyOf(3, name))
  const data = Float32Array.from({ length: sizeOf(shape) }, () => random.float())
  return tensor('float32', shape, data)
}

export const node = (
  op: string,
  inputs: string[],
  output: string,
  attributes: Attributes = {},
): Node => ({
  ...{ name: '', op, domain: '', inputs, outputs: [output], attributes },
})

/** A file of a graph. */
export function encode(graph: Partial<Graph>, change: Partial<Model> = {}): Uint8Array {
  return writeModel({
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: { name: 'test', version: '' },
    metadata: new Map(),
    graph: { ...emptyGraph('g'), ...graph },
    ...change,
  })
}

export const float = (name: string, ...shape: (number | string)[]) => ({
  ...{ name, dtype: 'float32' as const, shape },
})

/** Runs a graph made from an opened model. */
export async function run(opened: OpenedModel, graph: Graph, feeds: Record<string, Tensor>) {
  const results = await runModel(writeModel({ ...opened.model, graph }), feeds)
  return results[opened.output.name]
}
