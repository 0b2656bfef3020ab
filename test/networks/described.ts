import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type DataType, type Tensor, tensor, toNumbers } from '../../src/base/index.js'
import { type Attributes, emptyGraph, type Graph, inferGraph } from '../../src/onnx/index.js'

/** A network as a small JSON file: what the golden script and the test both build it from. */
export interface Described {
  input: number[]
  classes: number
  nodes: { op: string; inputs: string[]; outputs: string[]; attributes: Attributes }[]
  /** Shapes of what is trained, and of running statistics; values follow from the name. */
  parameters: Record<string, number[]>
  constants: Record<string, { dtype: DataType; shape: number[]; values: number[] }>
}

export const goldenFolder = resolve(import.meta.dirname, '../golden/networks')

export function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(resolve(goldenFolder, name), 'utf8')) as T
}

/** A network with a batch, without the values of its parameters. */
export function described(graph: Graph, batch: number, classes: number): Described {
  const floats = [...graph.initializers].filter(([, t]) => t.dtype === 'float32' && t.shape.length)
  const rest = [...graph.initializers].filter(([, t]) => t.dtype !== 'float32' || !t.shape.length)
  return {
    input: [batch, ...(graph.inputs[0].shape!.slice(1) as number[])],
    classes,
    nodes: graph.nodes.map(({ op, inputs, outputs, attributes }) => ({
      op,
      inputs,
      outputs,
      attributes,
    })),
    parameters: Object.fromEntries(floats.map(([name, t]) => [name, [...t.shape]])),
    constants: Object.fromEntries(
      rest.map(([name, t]) => [
        name,
        { dtype: t.dtype, shape: [...t.shape], values: toNumbers(t) },
      ]),
    ),
  }
}

/** Numbers in [-1, 1) that every language can make: x -> 1664525 x + 1013904223 modulo 2^32. */
export function numbers(name: string, count: number): Float32Array {
  let state = 0x811c9dc5
  for (const letter of name) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193)
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state / 2 ** 31
  })
}

/** First values of a parameter: scales and variances near 1, biases small, weights by fan-in. */
export function parameter(name: string, shape: readonly number[]): Tensor<'float32'> {
  const count = shape.reduce((a, b) => a * b, 1)
  const fan = count / (shape[0] || 1)
  const isScale = /scale$|variance$/.test(name)
  const factor = shape.length === 1 ? (isScale ? 0.3 : 0.1) : Math.sqrt(3 / fan)
  const values = numbers(name, count).map(x => Math.fround(isScale ? 1 + factor * x : factor * x))
  return tensor('float32', shape, values)
}

/** The graph with its parameters, every type known. */
export function graphOf(network: Described): Graph {
  const graph = emptyGraph('network')
  graph.inputs.push({ name: 'input', dtype: 'float32', shape: network.input })
  const output = [network.input[0], network.classes]
  graph.outputs.push({ name: 'logits', dtype: 'float32', shape: output })
  for (const [name, shape] of Object.entries(network.parameters))
    graph.initializers.set(name, parameter(name, shape))
  for (const [name, { dtype, shape, values }] of Object.entries(network.constants)) {
    const data = dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Float32Array.from(values)
    graph.initializers.set(name, { dtype, shape, data } as Tensor)
  }
  for (const node of network.nodes) graph.nodes.push({ name: node.outputs[0], domain: '', ...node })
  inferGraph(graph)
  return graph
}
