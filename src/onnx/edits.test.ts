import { describe, expect, it } from 'vitest'
import { float32Tensor, ModelError } from '../base/index.js'
import { freeNames, namesRead, order, producers, pruneUnused, uses } from './edits.js'
import { emptyGraph, type Graph, type Node } from './graph.js'
import { printGraph } from './print.js'

const node = (op: string, inputs: string[], outputs: string[]): Node => ({
  name: '',
  op,
  domain: '',
  inputs,
  outputs,
  attributes: {},
})

const graphOf = (...nodes: Node[]): Graph => ({
  ...emptyGraph('g'),
  nodes,
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
  outputs: [{ name: 'y' }],
})

const inner: Graph = {
  ...emptyGraph('inner'),
  nodes: [node('Add', ['outer', 'own'], ['sum'])],
  initializers: new Map([['own', float32Tensor([1], [1])]]),
  outputs: [{ name: 'sum' }],
}
const withBranch: Node = {
  ...node('If', ['flag'], ['y']),
  attributes: { then_branch: { type: 'graph', value: inner } },
}

describe('edits', () => {
  it('see what subgraphs take from around them', () => {
    expect(freeNames(inner)).toEqual(['outer'])
    expect(namesRead(withBranch)).toEqual(['flag', 'outer'])
  })

  it('know readers and makers', () => {
    const graph = graphOf(node('Relu', ['x'], ['a']), node('Add', ['a', 'a'], ['y']))
    expect(uses(graph).get('a')).toEqual([graph.nodes[1], graph.nodes[1]])
    expect(producers(graph).get('a')).toBe(graph.nodes[0])
  })

  it('order nodes after what they read', () => {
    const a = node('Relu', ['x'], ['a'])
    const b = node('Relu', ['a'], ['outer'])
    expect(order(graphOf(withBranch, b, a))).toEqual([a, b, withBranch])
    expect(order(graphOf(a, b, withBranch))).toEqual([a, b, withBranch])
  })

  it('refuse a cycle, and a node that reads itself', () => {
    const cycle = graphOf(node('Relu', ['b'], ['a']), node('Neg', ['a'], ['b']))
    expect(() => order(cycle)).toThrow(ModelError)
    expect(() => order(cycle)).toThrow(/circle: 2 nodes.*"a" \(Relu\)/)
    expect(() => order(graphOf(node('Relu', ['a'], ['a'])))).toThrow(/circle/)
  })

  it('order a chain of 20,000 nodes', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => node('Relu', [`v${i}`], [`v${i + 1}`]))
    expect(order(graphOf(...[...chain].reverse()))).toEqual(chain)
  })

  it('prune what nobody reads', () => {
    const graph = graphOf(node('Relu', ['x'], ['y']), node('Add', ['x', 'w'], ['unused']))
    graph.initializers.set('w', float32Tensor([1], []))
    graph.values.set('unused', { name: 'unused' })
    pruneUnused(graph)
    expect(graph.nodes.map(n => n.op)).toEqual(['Relu'])
    expect([graph.initializers.size, graph.values.size]).toEqual([0, 0])
  })
})

it('prints a graph, a line a node', () => {
  const graph = graphOf(
    { ...node('Gemm', ['x', 'w'], ['a']), attributes: { transB: { type: 'int', value: 1 } } },
    { ...node('Gelu', ['a'], ['y']), domain: 'com.microsoft' },
  )
  graph.initializers.set('w', float32Tensor([1, 2], [1, 2]))
  expect(printGraph(graph)).toBe(`g(x: float32[batch, 2]) {
  w: float32[1, 2] = {1, 2}
  a = Gemm(x, w) {transB: 1}
  y = com.microsoft::Gelu(a)
  return y
}`)
})
