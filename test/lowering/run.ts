import type { Tensor } from '../../src/base/index.js'
import { createSession } from '../../src/engine/index.js'
import { lower, runtimeDomains } from '../../src/lowering/index.js'
import {
  type Attributes,
  CANONICAL_OPSET,
  emptyGraph,
  type Node,
  type ValueType,
  writeModel,
} from '../../src/onnx/index.js'

/** Runs nodes on given values through `lower` and ONNX Runtime; the last node's outputs come back. */
export async function runLowered(
  values: Record<string, Tensor>,
  nodes: (Pick<Node, 'op' | 'inputs' | 'outputs'> & { domain?: string; attributes?: Attributes })[],
  types: Record<string, ValueType>,
  options = {},
): Promise<{ results: Record<string, Tensor>; ops: string[] }> {
  const graph = emptyGraph('lowered')
  for (const [name, { dtype, shape }] of Object.entries(values))
    graph.inputs.push({ name, dtype, shape: [...shape] })
  for (const [name, { dtype, shape }] of Object.entries(types))
    graph.values.set(name, { name, dtype, shape: [...shape] })
  for (const node of nodes)
    graph.nodes.push({ name: node.outputs[0], domain: '', attributes: {}, ...node })
  for (const name of nodes.at(-1)!.outputs) graph.outputs.push(graph.values.get(name)!)
  const lowered = lower(graph, options)
  const session = await createSession(modelBytes(lowered), { threads: 1 })
  const results = await session.run(values)
  await session.close()
  return { results, ops: lowered.nodes.map(node => node.op) }
}

function modelBytes(graph: Parameters<typeof lower>[0]): Uint8Array {
  return writeModel({
    irVersion: 10,
    opsets: new Map([['', CANONICAL_OPSET], ...runtimeDomains(graph)]),
    producer: { name: '', version: '' },
    metadata: new Map(),
    graph,
  })
}
