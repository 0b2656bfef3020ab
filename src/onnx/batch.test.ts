import { describe, expect, it } from 'vitest'
import { float32Tensor, int64Tensor, ModelError, type Tensor, zeros } from '../base/index.js'
import { withBatch } from './batch.js'
import {
  type Attributes,
  type Dimension,
  emptyGraph,
  type Graph,
  int,
  ints,
  type Node,
  text,
} from './graph.js'

const node = (op: string, inputs: string[], output: string, attributes: Attributes = {}): Node => ({
  name: '',
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes,
})

const floats = (...shape: number[]) => zeros('float32', shape)

function graphOf(
  shape: Dimension[],
  nodes: Node[],
  initializers: Record<string, Tensor> = {},
): Graph {
  return {
    ...emptyGraph('test'),
    nodes,
    inputs: [{ name: 'x', dtype: 'float32', shape }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [...shape] }],
    initializers: new Map(Object.entries(initializers)),
  }
}

const outputOf = (graph: Graph) => graph.outputs[0].shape

describe('a batch frozen in the file', () => {
  it('is freed in a flattening Reshape that says [1, -1]', () => {
    const graph = graphOf(
      [1, 4, 5],
      [node('Reshape', ['x', 'flat'], 'f'), node('MatMul', ['f', 'w'], 'y')],
      { flat: int64Tensor([1, -1]), w: floats(20, 3) },
    )
    const freed = withBatch(graph, 6)
    expect(outputOf(freed)).toEqual([6, 3])
    expect(freed.inputs[0].shape).toEqual([6, 4, 5])
    expect(outputOf(withBatch(graph, 1))).toEqual([1, 3])
    expect(graph.inputs[0].shape, 'the given graph stays as it was').toEqual([1, 4, 5])
  })

  it('is freed where samples are stacked and taken apart again', () => {
    const graph = graphOf(
      [1, 7, 5],
      [
        node('Reshape', ['x', 'stack'], 's'),
        node('MatMul', ['s', 'w'], 'm'),
        node('Reshape', ['m', 'apart'], 'y'),
      ],
      { stack: int64Tensor([7, 5]), apart: int64Tensor([1, 7, 3]), w: floats(5, 3) },
    )
    expect(outputOf(withBatch(graph, 4))).toEqual([4, 7, 3])
  })

  it('is freed behind a Transpose, where the batch is not the first axis', () => {
    const graph = graphOf(
      [1, 7, 6],
      [
        node('Transpose', ['x'], 't', { perm: ints([1, 0, 2]) }),
        node('Reshape', ['t', 'heads'], 'y'),
      ],
      { heads: int64Tensor([7, 1, 2, 3]) },
    )
    expect(outputOf(withBatch(graph, 4))).toEqual([7, 4, 2, 3])
    graph.initializers.set('heads', int64Tensor([7, 6]))
    expect(() => withBatch(graph, 4)).toThrow(
      'The model is made for a batch of 1 and cannot be given one of 4: Reshape node "y": expected a shape in which the batch stays an axis of its own, received "[7,1,6] to [7,6]".',
    )
  })

  it('is freed from two samples to five', () => {
    const graph = graphOf([2, 6], [node('Reshape', ['x', 'target'], 'y')], {
      target: int64Tensor([2, 3, 2]),
    })
    expect(outputOf(withBatch(graph, 5))).toEqual([5, 3, 2])
  })

  it('is freed in the sizes of a Resize, the end of a Slice and the states of an LSTM', () => {
    const resized = graphOf([1, 2, 4, 4], [node('Resize', ['x', '', '', 'sizes'], 'y')], {
      sizes: int64Tensor([1, 2, 8, 8]),
    })
    expect(outputOf(withBatch(resized, 3))).toEqual([3, 2, 8, 8])
    const sliced = graphOf([1, 4], [node('Slice', ['x', 'from', 'to'], 'y')], {
      from: int64Tensor([0, 1]),
      to: int64Tensor([1, 3]),
    })
    expect(outputOf(withBatch(sliced, 3))).toEqual([3, 2])
    const lstm = graphOf(
      [1, 5, 2],
      [
        node('Transpose', ['x'], 't', { perm: ints([1, 0, 2]) }),
        node('LSTM', ['t', 'w', 'r', '', '', 'h', 'c'], 'y', { direction: text('forward') }),
      ],
      { w: floats(1, 12, 2), r: floats(1, 12, 3), h: floats(1, 1, 3), c: floats(1, 1, 3) },
    )
    expect(outputOf(withBatch(lstm, 3))).toEqual([5, 1, 3, 3])
  })

  it('is freed beside a class token, which stays trainable', () => {
    const graph = graphOf([1, 4, 3], [node('Concat', ['token', 'x'], 'y', { axis: int(1) })], {
      token: float32Tensor([1, 2, 3], [1, 1, 3]),
    })
    const freed = withBatch(graph, 2)
    expect(outputOf(freed)).toEqual([2, 5, 3])
    expect(freed.nodes.map(({ op, inputs }) => [op, inputs[0]])).toEqual([
      ['Expand', 'token'],
      ['Concat', 'y/repeated_0'],
    ])
    expect(withBatch(graph, 2, { parameters: new Set() }).nodes).toHaveLength(1)
  })

  it('is refused where the other samples would be dropped or mixed', () => {
    const first = graphOf([1, 4], [node('Gather', ['x', 'zero'], 'y')], {
      zero: int64Tensor([0], []),
    })
    expect(() => withBatch(first, 2)).toThrow(/no output grows with the batch \("y"\)/)
    const gram = graphOf([1, 4], [node('Transpose', ['x'], 't'), node('MatMul', ['x', 't'], 'y')])
    expect(() => withBatch(gram, 2)).toThrow(
      /has shape \[1,1\] at one batch and \[2,2\] at another/,
    )
    const squeezed = graphOf([1, 4], [node('Squeeze', ['x', 'axis'], 'y')], {
      axis: int64Tensor([0]),
    })
    expect(() => withBatch(squeezed, 2)).toThrow(/Squeeze node "y": expected size 1 at axis 0/)
  })
})

describe('a symbolic batch', () => {
  it('takes the number everywhere its name stands, and asks for the sizes it does not know', () => {
    const graph = graphOf(['batch', 'length', 2], [node('Add', ['x', 'other'], 'y')])
    graph.inputs.push({ name: 'other', dtype: 'float32', shape: [1, 'batch', 1] })
    expect(() => withBatch(graph, 3)).toThrow(ModelError)
    expect(() => withBatch(graph, 3)).toThrow(
      'Input "x": expected a dimension 1 ("length") of known size, received one the file leaves open. Give its size as the dimension "length".',
    )
    expect(outputOf(withBatch(graph, 3, { dimensions: { length: 3 } }))).toEqual([3, 3, 2])
  })

  it('folds the shape computations of an export', () => {
    const graph = graphOf(
      ['', 3, 4],
      [
        node('Shape', ['x'], 'shape'),
        node('Gather', ['shape', 'zero'], 'n'),
        node('Concat', ['n', 'rest'], 'target', { axis: int(0) }),
        node('Reshape', ['x', 'target'], 'y'),
      ],
      { zero: int64Tensor([0]), rest: int64Tensor([12]) },
    )
    const graph5 = withBatch(graph, 5)
    expect(graph5.nodes.map(({ op }) => op)).toEqual(['Reshape'])
    expect(graph5.initializers.get('target')).toEqual(int64Tensor([5, 12]))
  })

  it('is taken at its word, and repaired where a constant contradicts it', () => {
    const graph = graphOf(['n', 12], [node('Reshape', ['x', 'target'], 'y')], {
      target: int64Tensor([1, 3, 4]),
    })
    expect(outputOf(withBatch(graph, 2))).toEqual([2, 3, 4])
    graph.initializers.set('target', int64Tensor([-1, 4]))
    expect(outputOf(withBatch(graph, 2))).toEqual([6, 4])
  })
})
