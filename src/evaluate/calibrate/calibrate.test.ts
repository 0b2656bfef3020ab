import { describe, expect, it } from 'vitest'
import { runModel } from '../../../test/support/runtime.js'
import { DataError, float32Tensor, keyOf, ModelError, Random } from '../../base/index.js'
import { memoryDataset } from '../../data/index.js'
import { answersOf, type Scaling, scaled } from '../../metrics/index.js'
import { openModel } from '../../model/index.js'
import { emptyGraph, int, type Model, type Node, readModel, writeModel } from '../../onnx/index.js'
import { calibrate, withScaling } from './calibrate.js'

const node = (op: string, input: string, output: string, attributes: Node['attributes'] = {}) => ({
  ...{ name: '', op, domain: '', inputs: [input], outputs: [output], attributes },
})

/** A file whose output is its input, or a function of it: what a scaling is put behind. */
function file(op: string, size: number, opset = 17): Uint8Array {
  const axis: Node['attributes'] = op.endsWith('oftmax') ? { axis: int(1) } : {}
  const model: Model = {
    irVersion: 8,
    opsets: new Map([['', opset]]),
    producer: { name: 'test', version: '' },
    metadata: new Map(),
    graph: {
      ...emptyGraph('g'),
      nodes: [node(op, 'x', 'y', axis)],
      inputs: [{ name: 'x', dtype: 'float32', shape: ['n', size] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['n', size] }],
    },
  }
  return writeModel(model)
}

const curve = { x: [-3, -1, 0.5, 2], y: [0.05, 0.2, 0.45, 0.9] }
const scalings = (classes: number): Scaling[] => [
  { method: 'temperature', temperature: 1.7 },
  {
    method: 'vector',
    scale: Array.from({ length: classes }, (_, k) => 0.5 + 0.3 * k),
    shift: Array.from({ length: classes }, (_, k) => 0.2 * k - 0.1),
  },
  {
    method: 'isotonic',
    curves: Array.from({ length: classes }, (_, k) =>
      k === 1 ? { x: [0], y: [0.4] } : { x: curve.x, y: curve.y.map(y => y / (1 + 0.2 * k)) },
    ),
  },
]

const random = new Random(keyOf(0, 'calibrate test'))
const normals = (n: number) => Float32Array.from({ length: n }, () => 2 * random.normal())
const softmax = (logits: ArrayLike<number>, columns: number) =>
  answersOf(logits, { kind: 'logits', columns }).probabilities

/** What the calibrated file says, as probabilities of every class. */
async function probabilitiesOf(bytes: Uint8Array, x: Float32Array, size: number) {
  const opened = await openModel(bytes)
  const { y } = await runModel(bytes, { x: float32Tensor(x, [x.length / size, size]) })
  const isLogits = opened.output.kind === 'logits' || opened.output.kind === 'log-probabilities'
  const made = answersOf(y.data as Float32Array, {
    kind: isLogits ? 'logits' : 'probabilities',
    columns: size,
  })
  return { kind: opened.output.kind, probabilities: made.probabilities }
}

describe('a scaling written into a model', () => {
  const kinds = [
    ['Identity', 'logits'],
    ['Softmax', 'probabilities'],
    ['LogSoftmax', 'log-probabilities'],
  ] as const
  const cases = kinds.flatMap(([op, kind]) =>
    [7, 17].flatMap(opset => scalings(4).map(scaling => ({ op, kind, opset, scaling }))),
  )
  it.each(cases)('$op, opset $opset, $scaling.method', async ({ op, kind, opset, scaling }) => {
    const opened = await openModel(file(op, 4, opset))
    const x = normals(40)
    const got = await probabilitiesOf(withScaling(opened, scaling), x, 4)
    const scores = op === 'Identity' ? Float64Array.from(x) : softmax(x, 4).map(Math.log)
    const wanted = softmax(scaled(scaling, scores, 4), 4)
    expect(got.kind).toBe(kind)
    for (const [i, p] of wanted.entries()) expect(got.probabilities[i]).toBeCloseTo(p, 4)
  })

  it.each(['Identity', 'Sigmoid'])('one number is the second of two classes: %s', async op => {
    for (const scaling of scalings(2)) {
      const opened = await openModel(file(op, 1))
      const x = normals(20)
      const got = await probabilitiesOf(withScaling(opened, scaling), x, 1)
      const scores = [...x].flatMap(z =>
        op === 'Identity' ? [0, z] : [-Math.log1p(Math.exp(z)), -Math.log1p(Math.exp(-z))],
      )
      const wanted = softmax(scaled(scaling, Float64Array.from(scores), 2), 2)
      for (const [i, p] of wanted.entries()) expect(got.probabilities[i]).toBeCloseTo(p, 4)
    }
  })

  it('keeps names and types, and can be put behind itself', async () => {
    const [scaling] = scalings(3)
    const once = withScaling(await openModel(file('Identity', 3)), scaling)
    const twice = withScaling(await openModel(once), scaling)
    const { graph, metadata } = readModel(twice)
    expect(graph.inputs[0].name).toBe('x')
    expect(graph.outputs[0]).toMatchObject({ name: 'y', dtype: 'float32', shape: ['n', 3] })
    expect(metadata.get('temper.calibration')).toBe('temperature 1.7')
    const x = normals(30)
    const { probabilities } = await probabilitiesOf(twice, x, 3)
    const wanted = softmax(
      x.map(z => z / 1.7 ** 2),
      3,
    )
    for (const [i, p] of wanted.entries()) expect(probabilities[i]).toBeCloseTo(p, 5)
  })
})

/** Vectors that are their own logits, three times too sure of themselves. */
function overconfident(samples: number) {
  const logits = normals(3 * samples)
  const probabilities = softmax(logits, 3)
  const labels = Int32Array.from({ length: samples }, (_, i) => {
    const draw = random.float()
    const [a, b] = probabilities.subarray(3 * i, 3 * i + 2)
    return draw < a ? 0 : draw < a + b ? 1 : 2
  })
  const values = logits.map(z => 3 * z)
  const classes = ['a', 'b', 'c']
  const made = { name: 'made', format: '', detected: '', kind: 'vector', shape: [3] } as const
  return memoryDataset({ ...made, values, labels, classes })
}

describe('calibrate', () => {
  it('finds the temperature, and is judged on samples it was not fitted on', async () => {
    const data = overconfident(4000)
    const made = await calibrate({ model: file('Identity', 3), data, threads: 1 })
    expect(made.temperature).toBeGreaterThan(2.7)
    expect(made.temperature).toBeLessThan(3.3)
    const { before, after } = made.clean
    expect(before.ece!).toBeGreaterThan(0.1)
    expect(after.ece!).toBeLessThan(0.04)
    expect(after.nll!).toBeLessThan(before.nll!)
    expect(after.accuracy).toBe(before.accuracy)
    expect(made.noisy).toBeUndefined()
  })

  it('fits on noise beside the clean samples when a suite is named', async () => {
    const data = overconfident(600)
    const model = file('Identity', 3)
    const made = await calibrate({ model, data, suite: 'tabular', method: 'isotonic', threads: 1 })
    expect(made.curves).toHaveLength(3)
    expect(made.suite?.name).toBe('tabular')
    expect(made.noisy!.before.samples).toBe(5 * 600)
    expect(made.noisy!.after.nll!).toBeLessThan(made.noisy!.before.nll!)
  })

  it('refuses what it cannot calibrate, in a sentence', async () => {
    const { labels, classes, ...unlabelled } = overconfident(20)
    await expect(calibrate({ model: file('Identity', 3), data: unlabelled })).rejects.toThrow(
      DataError,
    )
    const data = overconfident(20)
    await expect(calibrate({ model: file('Sigmoid', 3), data })).rejects.toThrow(ModelError)
    await expect(
      calibrate({ model: file('Identity', 3), data, method: 'temperatur' as never }),
    ).rejects.toThrow(/one of temperature, vector, isotonic/)
  })
})
