import { float32Tensor, type Tensor } from '../base/index.js'
import { emptyGraph, int, ints, type Node, writeModel } from '../onnx/index.js'
import { createSession } from './session.js'

const domain = 'com.microsoft.nchwc'

/**
 * Channels in one block of the runtime's blocked layout on this processor (16 with AVX-512, 8 with
 * AVX2), or undefined where its operators do not take computed weights or give wrong results. They
 * belong to the runtime's own optimizer and check little: call it in a child that may die.
 */
export async function probeBlock(): Promise<number | undefined> {
  try {
    const block = await blockOf()
    return block !== undefined && (await convolves(block)) ? block : undefined
  } catch {
    return undefined
  }
}

/** Value n stands at channel n / 2, column n % 2: the second column follows one whole block. */
async function blockOf(): Promise<number | undefined> {
  const channels = 64
  const values = Array.from({ length: 2 * channels }, (_, i) => i)
  const x = float32Tensor(values, [1, channels, 1, 2])
  const node = { ...nodeOf('ReorderInput', ['x'], 'y'), attributes: {} }
  const y = await run([node], { x }, x.shape)
  const block = y.indexOf(1)
  const wanted = values.map(i => {
    const [column, lane] = [Math.floor((i % (2 * block)) / block), i % block]
    return 2 * (block * Math.floor(i / (2 * block)) + lane) + column
  })
  const isLayout = [8, 16].includes(block) && wanted.every((value, i) => y[i] === value)
  return isLayout ? block : undefined
}

/** A 1 x 1 convolution whose weights are fed, not constant: y[o] = sum over c of w[o, c] x[c]. */
async function convolves(block: number): Promise<boolean> {
  const sequence = (count: number, step: number) =>
    Array.from({ length: count }, (_, i) => ((i * step) % 13) - 6)
  const [xs, ws] = [sequence(block, 5), sequence(block * block, 7)]
  const x = float32Tensor(xs, [1, block, 1, 1])
  // In memory [input channel, output channel], as the blocked layout has it.
  const w = float32Tensor(ws, [block, block, 1, 1])
  const attributes = {
    kernel_shape: ints([1, 1]),
    strides: ints([1, 1]),
    dilations: ints([1, 1]),
    pads: ints([0, 0, 0, 0]),
    group: int(1),
  }
  const y = await run([{ ...nodeOf('Conv', ['x', 'w'], 'y'), attributes }], { x, w }, x.shape)
  return Array.from({ length: block }, (_, o) =>
    xs.reduce((sum, value, c) => sum + value * ws[c * block + o], 0),
  ).every((value, o) => y[o] === value)
}

const nodeOf = (op: string, inputs: string[], output: string) => ({
  ...{ name: op, op, domain, inputs, outputs: [output] },
})

async function run(
  nodes: Node[],
  feeds: Record<string, Tensor>,
  shape: readonly number[],
): Promise<Float32Array> {
  const graph = emptyGraph('probe')
  graph.nodes = nodes
  graph.inputs = Object.entries(feeds).map(([name, t]) => ({
    ...{ name, dtype: t.dtype, shape: [...t.shape] },
  }))
  graph.outputs = [{ name: 'y', dtype: 'float32', shape: [...shape] }]
  const opsets = new Map([
    ['', 21],
    [domain, 1],
  ])
  const producer = { name: '', version: '' }
  const model = { irVersion: 10, opsets, producer, metadata: new Map<string, string>(), graph }
  const session = await createSession(writeModel(model), { threads: 1 })
  const { y } = await session.run(feeds)
  await session.close()
  return y.data as Float32Array
}
