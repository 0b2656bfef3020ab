import { expect, it } from 'vitest'
import { type NetworkKind, newNetwork } from '../networks/index.js'
import { inferGraph } from '../onnx/index.js'
import { multiplications, sessionsOf } from './sessions.js'

function graphOf(kind: NetworkKind, input: number[]) {
  const { graph } = newNetwork(kind, { input, classes: 10, seed: 0 })
  for (const value of [...graph.inputs, ...graph.outputs])
    value.shape = [1, ...value.shape!.slice(1)]
  graph.values.clear()
  inferGraph(graph)
  return graph
}

const mlp = graphOf('mlp', [784])
const cnn = graphOf('cnn', [1, 28, 28])

it('counts the multiplications of one row', () => {
  expect(multiplications(mlp)).toBe(784 * 256 + 256 * 10)
  const convolutions = 28 * 28 * 9 * 16 + 14 * 14 * 9 * 16 * 32
  expect(multiplications(cnn)).toBe(convolutions + 7 * 7 * 32 * 128 + 128 * 10)
})

it.each([
  ['a network with much to do for each weight', cnn, 206_922, 2, 128, 2],
  ['one thread', cnn, 206_922, 1, 128, 1],
  ['too few rows for each', cnn, 206_922, 8, 64, 1],
  ['a network that would carry its weights about', mlp, 203_530, 2, 64, 1],
  ['the same with many rows', mlp, 203_530, 2, 1024, 2],
  ['few of its weights trained', mlp, 2570, 2, 128, 2],
] as const)('chooses by shapes: %s', (_, graph, trained, threads, rows, sessions) => {
  expect(sessionsOf({ graph, trained, threads, rows })).toBe(sessions)
})
