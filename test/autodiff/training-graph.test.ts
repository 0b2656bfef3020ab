import { describe, expect, it } from 'vitest'
import { lostError, type TrainingOptions, trainingGraph } from '../../src/autodiff/index.js'
import { float32Tensor, scalarTensor, type Tensor } from '../../src/base/index.js'
import { lower } from '../../src/lowering/index.js'
import {
  Builder,
  emptyGraph,
  float,
  type Graph,
  int,
  type Node,
  printGraph,
} from '../../src/onnx/index.js'
import { type Feed, interpret } from '../reference/index.js'

/** A graph with the input x [2, 3] and weights, built by a function that returns its output. */
function build(weights: Record<string, Tensor>, make: (b: Builder) => string): Graph {
  const graph = emptyGraph('test')
  graph.inputs.push({ name: 'x', dtype: 'float32', shape: [2, 3] })
  for (const [name, value] of Object.entries(weights)) graph.initializers.set(name, value)
  const output = make(new Builder(graph))
  graph.outputs.push(graph.values.get(output)!)
  return graph
}

const filled = (shape: number[], value: number) =>
  float32Tensor(new Array(shape.reduce((a, b) => a * b, 1)).fill(value), shape)

function train(graph: Graph, wrt: string[], more: Partial<TrainingOptions> = {}) {
  const output = graph.outputs[0].name
  return trainingGraph(graph, { output, loss: 'mean-squared-error', wrt, ...more })
}

describe('the training graph', () => {
  const w = { w: filled([3, 3], 0.5) }
  const product = () => build(w, b => b.emit('MatMul', ['x', 'w']))

  it('unrolls a recurrent operator that a gradient passes, and no other', () => {
    const weights = { w: filled([1, 4, 3], 1), r: filled([1, 4, 4], 1), v: filled([1, 1, 2, 4], 1) }
    const graph = build(weights, b => {
      const x = b.emit('Unsqueeze', ['x', b.ints([0])])
      return b.emit('Mul', [b.emit('RNN', [x, 'w', 'r'], { hidden_size: int(4) }), 'v'])
    })
    const ops = (wrt: string[]) => train(graph, wrt).graph.nodes.map(({ op }) => op)
    expect(ops(['v'])).toContain('RNN')
    expect(ops(['r'])).not.toContain('RNN')
  })

  it('leaves the graph it is given as it was', () => {
    const graph = product()
    const before = printGraph(graph)
    train(graph, ['w', 'x'], { batchNormalization: 'batch', dropout: 'mask' })
    expect(printGraph(graph)).toBe(before)
  })

  it('takes parameters as inputs, and others that are to be fed', () => {
    const graph = build({ ...w, v: filled([3], 1) }, b =>
      b.emit('Add', [b.emit('MatMul', ['x', 'w']), 'v']),
    )
    const inputs = (feed: string[]) =>
      train(graph, ['w'], { feed }).graph.inputs.map(({ name }) => name)
    expect(inputs([])).toEqual(['x', 'w', 'targets', 'sampleWeights'])
    expect(inputs(['v'])).toEqual(['x', 'w', 'v', 'targets', 'sampleWeights'])
  })

  it('names its outputs, and gives way to names the network has', () => {
    const graph = build({ loss: filled([3, 3], 1), targets: filled([3], 1) }, b =>
      b.emit('Add', [b.emit('MatMul', ['x', 'loss']), 'targets']),
    )
    const training = train(graph, ['loss', 'targets'])
    expect(training).toMatchObject({ targets: 'targets_', loss: 'loss_', losses: 'losses' })
    expect(training.gradients.get('loss')).toBe('gradient/loss')
    expect(lower(training.graph, { column: 'portable' }).outputs.map(({ name }) => name)).toEqual([
      'Add_0',
      'loss_',
      'losses',
      'gradient/loss',
      'gradient/targets',
    ])
  })

  it('gives each value an output of its own, even where gradients are equal', () => {
    const graph = build({ u: filled([2, 3], 1), v: filled([2, 3], 1) }, b =>
      b.emit('Add', [b.emit('Add', ['x', 'u']), 'v']),
    )
    const { gradients } = train(graph, ['u', 'v', 'x'])
    expect(new Set(gradients.values()).size).toBe(3)
  })

  it('differentiates by inner values', () => {
    const graph = build(w, b => b.emit('Tanh', [b.emit('MatMul', ['x', 'w'])]))
    expect(train(graph, ['MatMul_0']).gradients.get('MatMul_0')).toBe('gradient/MatMul_0')
  })

  it('computes nothing that no output needs', () => {
    const { graph } = train(product(), ['w'])
    expect(graph.nodes.filter(({ op }) => op === 'TransposedMatMul').length).toBe(1)
  })

  it('adds up the gradients of a weight that is used several times', () => {
    const graph = build({ w: filled([3], 2) }, b =>
      b.emit('Mul', [b.emit('Mul', [b.emit('Mul', ['x', 'w']), 'w']), 'w']),
    )
    const training = train(graph, ['w'])
    const x = [1, -2, 0.5, 0.25, 1, -1]
    const feeds = new Map<string, Feed>([
      ['x', { shape: [2, 3], data: x }],
      ['w', { shape: [3], data: [2, 2, 2] }],
      ['targets', { shape: [2, 3], data: new Array(6).fill(0) }],
      ['sampleWeights', { shape: [2], data: [1, 1] }],
    ])
    const found = interpret(training.graph, feeds).get('gradient/w')!.data
    // loss = mean of (x w^3)^2 over 6 elements: d/dw = sum of 6 x^2 w^5 / 6
    for (const i of [0, 1, 2]) expect(found[i]).toBeCloseTo((x[i] ** 2 + x[i + 3] ** 2) * 32, 5)
  })

  it.each([
    [['nothing'], 'model: expected the name of a value, received "nothing".'],
    [
      ['indices'],
      'value "indices": expected floating-point numbers to differentiate, received "int64"',
    ],
  ])('refuses to differentiate by %j', (wrt, message) => {
    const indices = { dtype: 'int64', shape: [1], data: BigInt64Array.of(0n) } as const
    const graph = build({ indices }, b => b.emit('Gather', ['x', 'indices'], { axis: int(1) }))
    expect(() => train(graph, wrt)).toThrow(message)
  })

  it('refuses cross-entropy of an output without classes', () => {
    const graph = build({}, b => b.emit('ReduceSum', ['x', b.ints([1])], { keepdims: int(0) }))
    expect(() => train(graph, ['x'], { loss: 'cross-entropy' })).toThrow(
      'expected an output of shape [batch, classes]',
    )
  })
})

describe('batch normalisation', () => {
  const weights = {
    gamma: filled([3], 1),
    beta: filled([3], 0),
    mean: filled([3], 0.5),
    variance: filled([3], 2),
  }
  const network = (training: number) =>
    build(weights, b => {
      const inputs = ['x', 'gamma', 'beta', 'mean', 'variance']
      const attributes = { training_mode: int(training), momentum: float(0.75) }
      return b.emit('BatchNormalization', inputs, attributes)
    })
  const x = [1, 2, 3, 5, 7, 9]
  const values = (graph: Graph, more: Partial<TrainingOptions>) => {
    const training = train(graph, ['x'], more)
    const feeds = new Map<string, Feed>([
      ['x', { shape: [2, 3], data: x }],
      ['targets', { shape: [2, 3], data: new Array(6).fill(0) }],
      ['sampleWeights', { shape: [2], data: [1, 1] }],
      ...training.statistics.map(({ name }): [string, Feed] => {
        const { shape, data } = weights[name as keyof typeof weights]
        return [name, { shape, data }]
      }),
    ])
    return { training, found: interpret(lower(training.graph, { column: 'portable' }), feeds) }
  }

  it.each([0, 1])(
    'frozen uses the running statistics, saved in training mode or not (%i)',
    mode => {
      const { training, found } = values(network(mode), {})
      expect(training.statistics).toEqual([])
      const y = found.get(training.output)!.data
      for (const i of x.keys()) expect(y[i]).toBeCloseTo((x[i] - 0.5) / Math.sqrt(2 + 1e-5), 10)
    },
  )

  it('of the batch gives the running statistics after it, the variance unbiased', () => {
    const { training, found } = values(network(0), { batchNormalization: 'batch' })
    const [mean, variance] = training.statistics
    expect([mean.name, variance.name]).toEqual(['mean', 'variance'])
    const batch = [0, 1, 2].map(i => (x[i] + x[i + 3]) / 2)
    const spread = [0, 1, 2].map(i => (x[i] - x[i + 3]) ** 2 / 2)
    for (const i of [0, 1, 2]) {
      expect(found.get(mean.updated)!.data[i]).toBeCloseTo(0.75 * 0.5 + 0.25 * batch[i], 6)
      expect(found.get(variance.updated)!.data[i]).toBeCloseTo(0.75 * 2 + 0.25 * spread[i], 6)
    }
  })
})

describe('Dropout', () => {
  const network = (ratio: number, training: number) =>
    build({}, b => {
      const on = b.constant({ dtype: 'bool', shape: [], data: Uint8Array.of(training) })
      return b.emit('Dropout', ['x', b.constant(scalarTensor(ratio, 'float32')), on])
    })

  it.each([0, 1])('is the identity, saved in training mode or not (%i)', mode => {
    const training = train(network(0.25, mode), ['x'])
    expect(training.masks).toEqual([])
    const dropout = training.graph.nodes.find(({ op }) => op === 'Dropout')!
    expect(dropout.inputs).toEqual(['x'])
    expect(training.lost).toEqual([])
  })

  it('takes a mask, forward and back', () => {
    const training = train(network(0.25, 0), ['x'], { dropout: 'mask' })
    const [mask] = training.masks
    expect(mask).toEqual({ name: 'Dropout_0.mask', shape: [2, 3], ratio: 0.25 })
    const kept = [0, 4 / 3, 4 / 3, 0, 4 / 3, 0]
    const feeds = new Map<string, Feed>([
      ['x', { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }],
      [mask.name, { shape: [2, 3], data: kept }],
      ['targets', { shape: [2, 3], data: new Array(6).fill(0) }],
      ['sampleWeights', { shape: [2], data: [1, 1] }],
    ])
    const found = interpret(training.graph, feeds)
    const y = [...found.get(training.output)!.data]
    expect(y).toEqual([1, 2, 3, 4, 5, 6].map((x, i) => x * kept[i]))
    const dx = found.get('gradient/x')!.data
    for (const [i, value] of y.entries()) expect(dx[i]).toBeCloseTo((value * kept[i]) / 3, 6)
  })
})

/** A node that the Builder cannot infer, with the type of its one output given. */
function emitAs(b: Builder, op: string, inputs: string[], shape: number[], domain = ''): string {
  return b.emit(op, inputs, {}, { domain, types: [{ dtype: 'float32', shape }] })
}

describe('where gradients end', () => {
  it('is said of a weight behind a refused operator, with what to freeze', () => {
    const graph = build({ w: filled([3, 3], 1), v: filled([3], 1) }, b => {
      const looped = emitAs(b, 'Loop', [b.emit('MatMul', ['x', 'w'])], [2, 3])
      return b.emit('Mul', [looped, 'v'])
    })
    const training = train(graph, ['w', 'v'])
    expect([...training.gradients.keys()]).toEqual(['v'])
    expect(training.lost).toMatchObject([
      { name: 'w', what: 'all', at: [{ op: 'Loop', node: 'Loop_0', kind: 'forbidden' }] },
    ])
    expect(lostError(training.lost).message).toBe(
      'parameter "w" gets no gradient: Loop node "Loop_0" runs a subgraph that a run chooses or repeats; Temper does not train through it. To train the rest, freeze: ["w"].',
    )
    expect(lostError(training.lost).exitCode).toBe(3)
  })

  it('is said where one of two paths is refused: the gradient would be wrong', () => {
    const graph = build({ w: filled([3, 3], 1) }, b => {
      const h = b.emit('MatMul', ['x', 'w'])
      return b.emit('Add', [h, emitAs(b, 'Scan', [h], [2, 3])])
    })
    const { lost, gradients } = train(graph, ['w'])
    expect(gradients.has('w')).toBe(true)
    expect(lost).toMatchObject([{ name: 'w', what: 'part', at: [{ op: 'Scan' }] }])
    expect(lostError(lost).message).toContain('gets only a part of its gradient')
  })

  it('is no loss where the derivative is zero: rounding beside a differentiable path', () => {
    const graph = build({ w: filled([3, 3], 1) }, b => {
      const h = b.emit('MatMul', ['x', 'w'])
      return b.emit('Add', [h, b.emit('Round', [h])])
    })
    const { lost, stops } = train(graph, ['w'])
    expect(lost).toEqual([])
    expect(stops).toMatchObject([{ op: 'Round', kind: 'none' }])
  })

  it('is said of a weight that only chooses', () => {
    const graph = build({ w: filled([3], 1), v: filled([2, 3], 1) }, b => {
      const chosen = b.emit('Greater', ['x', 'w'])
      return b.emit('Where', [chosen, 'x', 'v'])
    })
    const { lost } = train(graph, ['w', 'v'])
    expect(lost).toMatchObject([{ name: 'w', what: 'all', at: [{ op: 'Greater', kind: 'none' }] }])
    expect(lostError(lost).message).toContain('gives truth values, which have no derivative')
  })

  it('is said of a weight that leads nowhere', () => {
    const graph = build({ w: filled([3], 1) }, b => {
      b.emit('Mul', ['x', 'w'])
      return b.emit('Tanh', ['x'])
    })
    expect(lostError(train(graph, ['w']).lost).message).toContain(
      'it does not lead to the output that is trained',
    )
  })

  it('is said of an operator the table does not know', () => {
    const graph = build({ w: filled([3, 3], 1) }, b => {
      const h = b.emit('MatMul', ['x', 'w'])
      return emitAs(b, 'FancyAttention', [h], [2, 3], 'com.microsoft')
    })
    expect(lostError(train(graph, ['w']).lost).message).toContain(
      'FancyAttention node "FancyAttention_0" has no gradient rule',
    )
  })

  it('is said of a weight that a branch of an If takes from around it', () => {
    const graph = build({ w: filled([2, 3], 1) }, b => {
      const branch = emptyGraph('then')
      const node: Node = {
        ...{ name: 'inner', op: 'Mul', domain: '', attributes: {} },
        ...{ inputs: ['w', 'w'], outputs: ['inner'] },
      }
      branch.nodes.push(node)
      branch.outputs.push({ name: 'inner' })
      const condition = b.emit('IsNaN', [b.emit('ReduceSum', ['x'], { keepdims: int(0) })])
      const attributes = {
        then_branch: { type: 'graph', value: branch } as const,
        else_branch: { type: 'graph', value: branch } as const,
      }
      const types = [{ dtype: 'float32', shape: [2, 3] } as const]
      return b.emit('Add', ['x', b.emit('If', [condition], attributes, { types })])
    })
    const { lost } = train(graph, ['w', 'x'])
    expect(lost).toMatchObject([{ name: 'w', at: [{ op: 'If', node: 'If_0' }] }])
  })

  it('is found input by input: angles of a rotation have none', () => {
    const graph = emptyGraph('rotary')
    graph.inputs.push({ name: 'x', dtype: 'float32', shape: [1, 2, 3, 4] })
    graph.initializers.set('cos', filled([1, 3, 2], 1))
    graph.initializers.set('sin', filled([1, 3, 2], 0))
    const b = new Builder(graph)
    graph.outputs.push(graph.values.get(b.emit('RotaryEmbedding', ['x', 'cos', 'sin']))!)
    const { lost, gradients } = train(graph, ['x', 'cos'])
    expect([...gradients.keys()]).toEqual(['x'])
    expect(lost).toMatchObject([{ name: 'cos', at: [{ op: 'RotaryEmbedding' }] }])
  })
})
