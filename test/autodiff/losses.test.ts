import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type LossSpec,
  losses,
  resolveLoss,
  type TrainingGraph,
  type TrainingOptions,
  trainingGraph,
} from '../../src/autodiff/index.js'
import { lower } from '../../src/lowering/index.js'
import { Builder, emptyGraph, type Graph, int } from '../../src/onnx/index.js'
import { type Feed, interpret, type Values } from '../reference/index.js'
import { numbers, targets } from '../support/numbers.js'

interface Row {
  loss: Exclude<LossSpec, string>
  hard: boolean
  losses: number[]
  mean: number
  gradient: number[]
}

const golden: { losses: Row[] } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../golden/pytorch/golden.json'), 'utf8'),
)

const shape = [6, 4]
const z = numbers('losses:z', 24).map(x => 3 * x)
const weights = numbers('losses:weights', 6).map(x => x + 1)
const soft = targets('losses', 'cross-entropy', shape)

/** 1 at the largest of each row. */
function oneHot(values: Float32Array): Float32Array {
  return values.map((x, i) =>
    x === Math.max(...values.slice(i - (i % 4), i - (i % 4) + 4)) ? 1 : 0,
  )
}

/** A graph whose output `y` is its input `z` after the given operators. */
function headed(...ops: string[]): Graph {
  const graph = emptyGraph('head')
  graph.inputs.push({ name: 'z', dtype: 'float32', shape: [...shape] })
  const b = new Builder(graph)
  const y = ops.reduce((x, op) => b.emit(op, [x], op.endsWith('max') ? { axis: int(1) } : {}), 'z')
  graph.outputs.push(graph.values.get(y)!)
  return graph
}

function run(
  training: TrainingGraph,
  t: ArrayLike<number>,
  w: ArrayLike<number> = weights,
): Values {
  const feeds = new Map<string, Feed>([
    ['z', { shape, data: Float64Array.from(z) }],
    [training.targets, { shape, data: t }],
    [training.sampleWeights, { shape: [6], data: w }],
  ])
  return interpret(lower(training.graph, { column: 'portable' }), feeds)
}

function train(loss: LossSpec, graph = headed('Identity'), more: Partial<TrainingOptions> = {}) {
  return trainingGraph(graph, { output: graph.outputs[0].name, loss, wrt: ['z'], ...more })
}

function expectClose(actual: Float64Array, wanted: readonly number[], digits = 6): void {
  expect(actual.length).toBe(wanted.length)
  for (const [i, value] of wanted.entries()) expect(actual[i]).toBeCloseTo(value, digits)
}

describe('losses, and their gradients by the logits, to 6 digits of PyTorch', () => {
  it('are all checked', () => {
    const checked = new Set(golden.losses.map(({ loss }) => loss.kind))
    expect([...checked].sort()).toEqual(Object.keys(losses).sort())
  })

  it.each(golden.losses.map(row => [JSON.stringify(row.loss), row.hard, row] as const))(
    '%s, hard targets: %s',
    (_, hard, row) => {
      const training = train(row.loss)
      const values = run(training, hard ? oneHot(soft.data) : soft.data)
      expectClose(values.get(training.losses)!.data, row.losses)
      expect(values.get(training.loss)!.data[0]).toBeCloseTo(row.mean, 6)
      expectClose(values.get(training.gradients.get('z')!)!.data, row.gradient)
    },
  )
})

describe('a final activation', () => {
  const wanted = (kind: string) => golden.losses.find(row => row.loss.kind === kind && !row.hard)!

  it.each([
    ['cross-entropy', ['Softmax']],
    ['cross-entropy', ['LogSoftmax']],
    ['cross-entropy', ['Softmax', 'Flatten']],
    ['binary-cross-entropy', ['Sigmoid']],
  ] as const)('is looked through: %s of %s', (kind, ops) => {
    const training = train(kind, headed('Identity', ...ops))
    const values = run(training, soft.data)
    expect(training.logits).not.toBe(training.output)
    expectClose(values.get(training.losses)!.data, wanted(kind).losses)
    expectClose(values.get(training.gradients.get('z')!)!.data, wanted(kind).gradient)
  })

  it('may hide: probabilities that are said to be so', () => {
    const graph = headed('Softmax', 'Abs')
    const training = train('cross-entropy', graph, { isProbability: true })
    const values = run(training, soft.data)
    expectClose(values.get(training.losses)!.data, wanted('cross-entropy').losses, 5)
    expectClose(values.get(training.gradients.get('z')!)!.data, wanted('cross-entropy').gradient, 5)
  })

  it('stays stable where probabilities would be 0', () => {
    const training = train('cross-entropy', headed('Softmax'))
    const far = new Map<string, Feed>([
      ['z', { shape, data: Float64Array.from(z, x => 1e4 * x) }],
      [training.targets, { shape, data: soft.data }],
      [training.sampleWeights, { shape: [6], data: weights }],
    ])
    const values = interpret(lower(training.graph, { column: 'portable' }), far)
    expect(Number.isFinite(values.get(training.loss)!.data[0])).toBe(true)
    expect(values.get(training.gradients.get('z')!)!.data.every(Number.isFinite)).toBe(true)
  })
})

describe('sample weights', () => {
  it('of 0 leave a sample out', () => {
    const training = train('cross-entropy')
    const some = run(training, soft.data, [1, 1, 1, 0, 0, 0])
    const losses = some.get(training.losses)!.data
    const mean = (losses[0] + losses[1] + losses[2]) / 3
    expect(some.get(training.loss)!.data[0]).toBeCloseTo(mean, 12)
    expect([...some.get(training.gradients.get('z')!)!.data.slice(12)].every(x => x === 0)).toBe(
      true,
    )
  })

  it('that are all 0 give no loss and no gradient', () => {
    const training = train('cross-entropy')
    const none = run(training, soft.data, [0, 0, 0, 0, 0, 0])
    expect(none.get(training.loss)!.data[0]).toBe(0)
    expect([...none.get(training.gradients.get('z')!)!.data].every(x => x === 0)).toBe(true)
  })
})

describe('images of classes [batch, class, position]', () => {
  it('average over the positions', () => {
    const graph = emptyGraph('segments')
    graph.inputs.push({ name: 'z', dtype: 'float32', shape: [2, 4, 3] })
    const b = new Builder(graph)
    graph.outputs.push(graph.values.get(b.emit('Identity', ['z']))!)
    const training = train('cross-entropy', graph)
    const feed = (data: number[]) => ({ shape: [2, 4, 3], data })
    const hot = Array.from({ length: 24 }, (_, i) => (Math.floor(i / 3) % 4 === 1 ? 1 : 0))
    const feeds = new Map<string, Feed>([
      ['z', feed(z)],
      [training.targets, feed(hot)],
      [training.sampleWeights, { shape: [2], data: [1, 1] }],
    ])
    const found = interpret(training.graph, feeds).get(training.losses)!.data
    const own = [0, 1].map(n => {
      const each = [0, 1, 2].map(i => {
        const row = [0, 1, 2, 3].map(c => z[n * 12 + c * 3 + i])
        return Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[1]
      })
      return (each[0] + each[1] + each[2]) / 3
    })
    expectClose(found, own)
  })
})

describe('a loss as a person gives it', () => {
  it.each([
    ['crossentropy', 'loss: expected one of cross-entropy'],
    [{ kind: 'focal', gamma: -1 }, 'loss.gamma: expected a number from 0 to 10, received -1'],
    [
      { kind: 'focal', gama: 1 },
      'loss.gama: expected one of gamma, received "gama". Did you mean gamma?',
    ],
    [{ kind: 'huber', delta: Number.NaN }, 'loss.delta: expected a number from'],
    [{ kind: 'cross-entropy', transition: [[1]] }, 'only forward-correction takes a transition'],
    [
      {
        kind: 'forward-correction',
        transition: [
          [0.5, 0.2],
          [0, 1],
        ],
      },
      'rows are probabilities',
    ],
  ])('is checked: %j', (spec, message) => {
    expect(() => resolveLoss(spec as LossSpec)).toThrow(message)
  })

  it('refuses a transition matrix of another number of classes', () => {
    const transition = [
      [1, 0],
      [0, 1],
    ]
    expect(() => train({ kind: 'forward-correction', transition })).toThrow(
      'loss.transition: expected 4 rows, one a class, received 2.',
    )
  })

  it('has its defaults filled in', () => {
    expect(resolveLoss('focal').levels).toEqual({ gamma: 2 })
  })
})
