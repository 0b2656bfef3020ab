import { describe, expect, it } from 'vitest'
import { float32Tensor, int64Tensor, type Tensor, tensor } from '../base/index.js'
import { weightsOf } from './fold/weights.js'
import { type FoldOptions, foldConstants } from './fold.js'
import {
  type Attributes,
  type Dimension,
  emptyGraph,
  type Graph,
  int,
  ints,
  type Node,
} from './graph.js'

const node = (
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Attributes = {},
): Node => ({
  name: '',
  op,
  domain: '',
  inputs,
  outputs,
  attributes,
})

const value = (t: Tensor): Attributes => ({ value: { type: 'tensor', value: t } })

function graphOf(
  inputs: Record<string, Dimension[]>,
  outputs: string[],
  nodes: Node[],
  initializers: Record<string, Tensor> = {},
): Graph {
  return {
    ...emptyGraph('test'),
    nodes,
    inputs: Object.entries(inputs).map(([name, shape]) => ({ name, dtype: 'float32', shape })),
    outputs: outputs.map(name => ({ name })),
    initializers: new Map(Object.entries(initializers)),
  }
}

const ops = (graph: Graph) => graph.nodes.map(({ op }) => op)
const folded = (graph: Graph, options?: FoldOptions) => foldConstants(graph, options)

describe('foldConstants', () => {
  it('works out the shape computation of a flattening view', () => {
    const graph = graphOf(
      { x: [4, 3, 5] },
      ['y'],
      [
        node('Shape', ['x'], ['shape']),
        node('Constant', [], ['zero'], value(int64Tensor([0], []))),
        node('Gather', ['shape', 'zero'], ['batch']),
        node('Constant', [], ['axes'], { value_ints: ints([0]) }),
        node('Unsqueeze', ['batch', 'axes'], ['first']),
        node('Constant', [], ['rest'], { value_ints: ints([-1]) }),
        node('Concat', ['first', 'rest'], ['target'], { axis: int(0) }),
        node('Reshape', ['x', 'target'], ['y']),
      ],
    )
    const simple = folded(graph)
    expect(ops(simple)).toEqual(['Reshape'])
    expect(simple.initializers.get('target')).toEqual(int64Tensor([4, -1]))
    expect(simple.outputs[0].shape).toEqual([4, 15])
    expect(ops(graph), 'the given graph stays as it was').toHaveLength(8)
  })

  it('keeps weights apart: through Transpose, Cast and products of weights', () => {
    const weights = { w: float32Tensor([1, 2, 3, 4], [2, 2]), s: float32Tensor([2, 3], [2]) }
    const graph = graphOf(
      { x: [1, 2] },
      ['y'],
      [
        node('Constant', [], ['half'], value(float32Tensor([0.5, 0.5], [2]))),
        node('Mul', ['s', 'half'], ['scale']),
        node('Transpose', ['w'], ['wt']),
        node('Mul', ['wt', 'scale'], ['scaled']),
        node('Identity', ['scaled'], ['alias']),
        node('MatMul', ['x', 'alias'], ['y']),
      ],
      weights,
    )
    expect(weightsOf(graph)).toEqual(new Set(['half', 's', 'w']))
    const kept = folded(graph)
    expect(ops(kept)).toEqual(['Mul', 'Transpose', 'Mul', 'MatMul'])
    expect(kept.nodes[3].inputs).toEqual(['x', 'scaled'])
    expect(kept.initializers.get('half')?.data).toEqual(Float32Array.of(0.5, 0.5))
    expect(ops(folded(graph, { parameters: new Set(['w']) }))).toEqual([
      'Transpose',
      'Mul',
      'MatMul',
    ])
    const all = folded(graph, { parameters: new Set() })
    expect(ops(all)).toEqual(['MatMul'])
    expect([...all.initializers.get('scaled')!.data]).toEqual([1, 4.5, 2, 6])
  })

  it('keeps a weight whose shape alone is read from being an obstacle', () => {
    const graph = graphOf(
      { x: [2, 3] },
      ['y'],
      [
        node('Shape', ['w'], ['shape']),
        node('Expand', ['x', 'shape'], ['wide']),
        node('Mul', ['wide', 'w'], ['y']),
      ],
      { w: float32Tensor(new Array(12).fill(1), [2, 2, 3]) },
    )
    const simple = folded(graph)
    expect(ops(simple)).toEqual(['Expand', 'Mul'])
    expect(simple.outputs[0].shape).toEqual([2, 2, 3])
  })

  it('gives arguments as constants even where they are computed from a weight', () => {
    const graph = graphOf(
      { x: [1, 1, 2, 2] },
      ['y', 'z'],
      [
        node('Mul', ['w', 'w'], ['scales']),
        node('Resize', ['x', '', 'scales'], ['y']),
        node('Mul', ['scales', 'w'], ['z']),
      ],
      { w: float32Tensor([1, 1, 2, 2], [4]) },
    )
    const simple = folded(graph)
    expect(simple.outputs.map(({ shape }) => shape)).toEqual([[1, 1, 8, 8], [4]])
    const resize = simple.nodes.find(({ op }) => op === 'Resize')!
    expect([...simple.initializers.get(resize.inputs[2])!.data]).toEqual([1, 1, 4, 4])
  })
})

describe('a constant If', () => {
  const branch = (factor: number): Graph => ({
    ...emptyGraph('branch'),
    nodes: [
      node('Constant', [], ['w'], value(float32Tensor([factor, factor], [2]))),
      node('Mul', ['x', 'w'], ['out']),
    ],
    outputs: [{ name: 'out' }],
  })
  const conditional = (condition: string, output: string) =>
    node('If', [condition], [output], {
      then_branch: { type: 'graph', value: branch(2) },
      else_branch: { type: 'graph', value: branch(3) },
    })

  it('is replaced by the branch it takes, weights named by their path', () => {
    const graph = graphOf(
      { x: [4, 2] },
      ['y'],
      [
        node('Shape', ['x'], ['shape']),
        node('Equal', ['shape', 'wanted'], ['equal']),
        node('Not', ['equal'], ['not']),
        node('Gather', ['equal', 'second'], ['yes']),
        node('Gather', ['not', 'second'], ['no']),
        conditional('yes', 'a'),
        conditional('no', 'b'),
        node('Add', ['a', 'b'], ['y']),
      ],
      { wanted: int64Tensor([9, 2]), second: int64Tensor([1], []) },
    )
    const simple = folded(graph)
    expect(ops(simple)).toEqual(['Mul', 'Mul', 'Add'])
    expect([...simple.initializers.keys()]).toEqual(['a/then_branch/w', 'b/else_branch/w'])
    expect(weightsOf(graph)).toContain('a/then_branch/w')
    expect(simple.nodes[2].inputs).toEqual(['a/then_branch/out', 'b/else_branch/out'])
    expect(simple.outputs[0]).toEqual({ name: 'y', dtype: 'float32', shape: [4, 2] })
  })

  it('stays where its condition is computed, with the type both branches agree on', () => {
    const graph = graphOf({ x: [4, 2] }, ['y'], [conditional('c', 'y')])
    graph.inputs.push({ name: 'c', dtype: 'bool', shape: [] })
    const simple = folded(graph)
    expect(ops(simple)).toEqual(['If'])
    expect(simple.outputs[0].shape).toEqual([4, 2])
  })
})

describe('Loop and Scan', () => {
  it('keep the types of their states, and stack a constant number of steps', () => {
    const body: Graph = {
      ...emptyGraph('body'),
      inputs: ['i', 'go', 'state'].map(name => ({ name })),
      nodes: [
        node('Identity', ['go'], ['on']),
        node('Add', ['state', 'x'], ['next']),
        node('ReduceSum', ['next'], ['total'], { keepdims: int(0) }),
      ],
      outputs: ['on', 'next', 'total'].map(name => ({ name })),
    }
    const graph = graphOf(
      { x: [2, 3] },
      ['last', 'totals'],
      [
        node('Loop', ['count', 'yes', 'x'], ['last', 'totals'], {
          body: { type: 'graph', value: body },
        }),
      ],
      { count: int64Tensor([5], []), yes: tensor('bool', [], Uint8Array.of(1)) },
    )
    expect(folded(graph).outputs.map(({ shape }) => shape)).toEqual([[2, 3], [5]])
  })
})
