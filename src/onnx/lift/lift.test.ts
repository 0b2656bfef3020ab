import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { describe, expect, it } from 'vitest'
import { runModel, worstDifference } from '../../../test/support/runtime.js'
import {
  conformanceCases,
  conformanceModel,
  conformanceTensors,
  hasShared,
  sharedModel,
  sharedModels,
} from '../../../test/support/shared.js'
import { keyOf, ModelError, Random, sizeOf, type Tensor, tensor } from '../../base/index.js'
import {
  type Attributes,
  emptyGraph,
  float,
  floats,
  type Graph,
  int,
  ints,
  type Model,
  type Node,
  text,
} from '../graph.js'
import { readModel } from '../proto/read.js'
import { put } from '../proto/wire.js'
import { writeModel } from '../proto/write.js'
import { CANONICAL_OPSET } from './canonical.js'
import { liftToCanonical } from './lift.js'
import { noKernel, steps } from './steps.js'

function normal(shape: number[], name = 'lift'): Tensor {
  const random = new Random(keyOf(2, name))
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
  )
}

const int64 = (...values: number[]) =>
  tensor('int64', [values.length], BigInt64Array.from(values, BigInt))
const float32 = (...values: number[]) =>
  tensor('float32', [values.length], Float32Array.from(values))

interface Case {
  op: string
  opset: number
  attributes?: Attributes
  /** Inputs fed at run time. */
  feeds: Record<string, Tensor>
  /** Inputs that are initializers. */
  constants?: Record<string, Tensor>
  outputs?: number
}

const x = (...shape: number[]) => ({ x: normal(shape) })

const reductionCases = (names: string, opset: number): Case[] =>
  names.split(' ').flatMap((name): Case[] => [
    { op: `Reduce${name}`, opset, attributes: { axes: ints([1, -1]) }, feeds: positive(2, 3, 4) },
    { op: `Reduce${name}`, opset, attributes: { keepdims: int(0) }, feeds: positive(2, 3) },
  ])

function positive(...shape: number[]): Record<string, Tensor> {
  const { x: t } = x(...shape)
  return {
    x: tensor(
      'float32',
      shape,
      (t.data as Float32Array).map(v => Math.abs(v) + 0.1),
    ),
  }
}

const softmaxCases = (op: string): Case[] => [
  { op, opset: 9, feeds: x(3, 5) },
  { op, opset: 11, feeds: x(2, 3, 4) },
  { op, opset: 9, attributes: { axis: int(3) }, feeds: x(2, 3, 4, 5) },
  { op, opset: 9, attributes: { axis: int(0) }, feeds: x(2, 3) },
  { op, opset: 12, attributes: { axis: int(-1) }, feeds: x(2, 3, 4) },
  { op, opset: 12, attributes: { axis: int(-2) }, feeds: x(2, 3, 4) },
]

const channels = (n: number, scale = 1) =>
  tensor(
    'float32',
    [n],
    Float32Array.from({ length: n }, (_, i) => scale * (i + 1)),
  )

const norm = (n: number) => ({
  scale: channels(n),
  bias: channels(n, 0.1),
  mean: channels(n, 0.2),
  variance: channels(n, 0.5),
})

const resizeOld = (opset: number, mode: string, scales: number[]): Case => ({
  op: opset < 10 ? 'Upsample' : 'Resize',
  opset,
  attributes: {
    mode: text(mode),
    ...(opset < 9 && { scales: floats(scales) }),
  },
  feeds: x(1, 2, 3, 4),
  ...(opset >= 9 && { constants: { scales: float32(...scales) } }),
})

const cases: Case[] = [
  ...softmaxCases('Softmax'),
  ...softmaxCases('LogSoftmax'),
  ...softmaxCases('Hardmax'),
  ...reductionCases('L1 L2 LogSum LogSumExp Max Mean Min Prod SumSquare', 8),
  ...reductionCases('L1 L2 LogSum LogSumExp Max Mean Min Prod SumSquare', 13),
  ...reductionCases('Sum', 8),
  { op: 'BatchNormalization', opset: 8, feeds: x(2, 3, 4), constants: norm(3) },
  {
    op: 'BatchNormalization',
    opset: 7,
    attributes: { spatial: int(1), epsilon: float(0.1) },
    feeds: x(2, 3, 4),
    constants: norm(3),
  },
  { op: 'BatchNormalization', opset: 9, feeds: x(2, 3), constants: norm(3) },
  {
    op: 'Clip',
    opset: 7,
    attributes: { min: float(-0.5), max: float(0.25) },
    feeds: x(20),
  },
  { op: 'Clip', opset: 10, attributes: { max: float(0) }, feeds: x(20) },
  { op: 'Clip', opset: 10, feeds: x(5) },
  {
    op: 'DFT',
    opset: 17,
    attributes: { axis: int(1), onesided: int(1) },
    feeds: x(1, 8, 1),
  },
  { op: 'DFT', opset: 17, attributes: { axis: int(2) }, feeds: x(1, 3, 8, 2) },
  { op: 'Dropout', opset: 7, attributes: { ratio: float(0.3) }, feeds: x(4) },
  { op: 'Dropout', opset: 10, attributes: { ratio: float(0.3) }, feeds: x(4) },
  { op: 'Dropout', opset: 12, feeds: x(4) },
  { op: 'GlobalLpPool', opset: 7, feeds: x(2, 3, 4, 5) },
  { op: 'GlobalLpPool', opset: 21, attributes: { p: int(1) }, feeds: x(2, 3, 4) },
  ...['bilinear', 'nearest', 'bicubic'].map(mode => ({
    op: 'GridSample',
    opset: 16,
    attributes: { mode: text(mode) },
    feeds: { ...x(1, 2, 4, 4), grid: normal([1, 3, 3, 2], 'grid') },
  })),
  {
    op: 'GridSample',
    opset: 16,
    feeds: { ...x(1, 2, 4, 4), grid: normal([1, 3, 3, 2], 'grid') },
  },
  {
    op: 'GroupNormalization',
    opset: 18,
    attributes: { num_groups: int(2) },
    feeds: x(2, 6, 3),
    constants: { scale: channels(2), bias: channels(2, 0.1) },
  },
  {
    op: 'Pad',
    opset: 7,
    attributes: { pads: ints([0, 1, 2, 0]), value: float(1.5) },
    feeds: x(2, 3),
  },
  { op: 'Pad', opset: 10, attributes: { pads: ints([0, 1, 0, -1]) }, feeds: x(2, 3) },
  {
    op: 'Pad',
    opset: 10,
    attributes: { pads: ints([0, 1, 0, 1]), mode: text('reflect') },
    feeds: x(2, 3),
  },
  resizeOld(7, 'nearest', [1, 1, 2, 3]),
  resizeOld(7, 'linear', [1, 1, 2, 2.5]),
  resizeOld(9, 'nearest', [1, 1, 2, 2]),
  resizeOld(9, 'linear', [1, 1, 1.5, 2]),
  resizeOld(10, 'nearest', [1, 1, 1.5, 2]),
  resizeOld(10, 'nearest', [1, 1, 0.7, 0.5]),
  resizeOld(10, 'linear', [1, 1, 2, 0.5]),
  {
    op: 'Resize',
    opset: 11,
    feeds: x(1, 2, 3, 4),
    constants: { roi: float32(), scales: float32(1, 1, 2, 2) },
  },
  {
    op: 'Resize',
    opset: 11,
    attributes: { mode: text('cubic'), coordinate_transformation_mode: text('align_corners') },
    feeds: x(1, 2, 3, 4),
    constants: { roi: float32(), scales: float32(), sizes: int64(1, 2, 5, 7) },
  },
  {
    op: 'Scatter',
    opset: 9,
    attributes: { axis: int(1) },
    feeds: x(2, 3),
    constants: {
      indices: tensor('int64', [2, 1], BigInt64Array.of(1n, 2n)),
      updates: tensor('float32', [2, 1], Float32Array.of(5, 6)),
    },
  },
  {
    op: 'Slice',
    opset: 9,
    attributes: { starts: ints([1, -2]), ends: ints([2 ** 63, 1000]), axes: ints([0, 1]) },
    feeds: x(3, 4),
  },
  { op: 'Slice', opset: 7, attributes: { starts: ints([1]), ends: ints([-1]) }, feeds: x(4, 2) },
  { op: 'Split', opset: 7, attributes: { axis: int(1) }, feeds: x(2, 4), outputs: 2 },
  {
    op: 'Split',
    opset: 11,
    attributes: { axis: int(-1), split: ints([1, 3]) },
    feeds: x(2, 4),
    outputs: 2,
  },
  { op: 'Split', opset: 13, feeds: x(4, 2), outputs: 2 },
  { op: 'Squeeze', opset: 9, attributes: { axes: ints([0, 2]) }, feeds: x(1, 3, 1, 2) },
  { op: 'Squeeze', opset: 11, feeds: x(1, 3, 1, 2) },
  { op: 'TopK', opset: 9, attributes: { k: int(2), axis: int(1) }, feeds: x(2, 5), outputs: 2 },
  { op: 'TopK', opset: 10, feeds: x(2, 5), constants: { k: int64(3) }, outputs: 2 },
  { op: 'Unsqueeze', opset: 11, attributes: { axes: ints([0, -1]) }, feeds: x(3, 2) },
]

const node = (op: string, inputs: string[], outputs: string[], attributes: Attributes): Node => ({
  name: outputs[0],
  op,
  domain: '',
  inputs,
  outputs,
  attributes,
})

function modelOf(opset: number, graph: Partial<Graph>): Model {
  return {
    irVersion: 8,
    opsets: new Map([['', opset]]),
    producer: { name: 'test', version: '' },
    metadata: new Map(),
    graph: { ...emptyGraph('g'), ...graph },
  }
}

function modelOfCase({
  op,
  opset,
  attributes = {},
  feeds,
  constants = {},
  outputs = 1,
}: Case): Model {
  const names = Array.from({ length: outputs }, (_, i) => `y${i}`)
  const inputs = [...Object.keys(feeds), ...Object.keys(constants)]
  return modelOf(opset, {
    nodes: [node(op, inputs, names, attributes)],
    inputs: Object.entries(feeds).map(([name, { dtype, shape }]) => ({
      name,
      dtype,
      shape: [...shape],
    })),
    outputs: names.map(name => ({ name })),
    initializers: new Map(Object.entries(constants)),
  })
}

async function expectSame(model: Model, feeds: Record<string, Tensor>): Promise<void> {
  const wanted = await runModel(writeModel(model), feeds)
  const lifted = liftToCanonical(model)
  expect(lifted.opsets.get('')).toBe(CANONICAL_OPSET)
  const found = await runModel(writeModel(lifted), feeds)
  expect(Object.keys(found)).toEqual(Object.keys(wanted))
  for (const [name, value] of Object.entries(wanted))
    expect(worstDifference(found[name], value), name).toBeLessThanOrEqual(1e-6)
}

describe('lifted to the canonical opset, a node computes the same', () => {
  it.each(cases.map(c => [`${c.op} ${c.opset}`, c] as const))('%s', async (_, c) => {
    await expectSame(modelOfCase(c), c.feeds)
  })

  it('whatever version changes more than types: each step has a case', () => {
    for (const [op, versions] of Object.entries(steps))
      for (const version of Object.keys(versions).map(Number)) {
        if (versions[version] === noKernel) continue
        const crosses = cases.some(
          c => c.opset < version && (c.op === op || (c.op === 'Upsample' && op === 'Resize')),
        )
        expect(crosses, `${op} ${version}`).toBe(true)
      }
  })

  it('in double precision, with the type declared or not', async () => {
    const wide = tensor('float64', [4], Float64Array.of(-2, -0.1, 0.2, 3))
    const pad = (input: string, output: string) =>
      node('Pad', [input], [output], { pads: ints([1, 1]), value: float(0.25) })
    const nodes = [pad('x', 'a'), pad('a', 'y')]
    const inputs = [{ name: 'x', dtype: 'float64' as const, shape: [4] }]
    await expectSame(modelOf(10, { nodes, inputs, outputs: [{ name: 'y' }] }), { x: wide })
  })

  it('inside a branch, with what it takes from around', async () => {
    const branch = (axis: number): Graph => ({
      ...emptyGraph('branch'),
      nodes: [node('Softmax', ['x'], [`picked${axis}`], { axis: int(axis) })],
      outputs: [{ name: `picked${axis}`, dtype: 'float32', shape: [2, 3, 4] }],
    })
    const nodes = [
      node('If', ['flag'], ['y'], {
        then_branch: { type: 'graph', value: branch(1) },
        else_branch: { type: 'graph', value: branch(2) },
      }),
    ]
    const inputs = [
      { name: 'flag', dtype: 'bool' as const, shape: [] },
      { name: 'x', dtype: 'float32' as const, shape: [2, 3, 4] },
    ]
    const model = modelOf(11, { nodes, inputs, outputs: [{ name: 'y', dtype: 'float32' }] })
    for (const flag of [0, 1])
      await expectSame(model, { flag: tensor('bool', [], Uint8Array.of(flag)), ...x(2, 3, 4) })
  })

  it('leaves the model it was given as it was', () => {
    const model = modelOfCase(cases[0])
    const before = writeModel(model)
    liftToCanonical(model)
    expect(writeModel(model)).toEqual(before)
  })
})

describe.skipIf(!hasShared)('lifted, whole files compute the same', () => {
  it('every conformance case', async () => {
    for (const { name, passes } of conformanceCases().filter(c => c.passes)) {
      expect(passes).toBe(true)
      const model = readModel(conformanceModel(name))
      const tensors = conformanceTensors(name, 'input')
      const feeds = Object.fromEntries(
        model.graph.inputs.map((input, i) => [input.name, tensors[i]]),
      )
      await expectSame(model, feeds).catch(error => {
        throw new Error(`${name}: ${error.message}`)
      })
    }
  })

  it.each(Object.keys(sharedModels))('%s', async file => {
    await expectSame(readModel(sharedModel(file)), sharedModels[file]())
  })
})

describe('what cannot be lifted is refused by name', () => {
  const refused = (model: Model) => () => liftToCanonical(model)

  it.each([5, 6, 26, 100])('opset %i', opset => {
    const model = modelOf(opset, { nodes: [node('Relu', ['x'], ['y'], {})] })
    expect(refused(model)).toThrow(ModelError)
    expect(refused(model)).toThrow(new RegExp(`opset ${opset}; Temper takes 7 to 25`))
  })

  it.each([
    ['Swish', 24, {}, /Swish node "y".*does not know/],
    ['NoSuchOp', 17, {}, /does not know/],
    ['BatchNormalization', 7, { spatial: int(0) }, /spatial 0/],
    ['Scan', 8, {}, /Scan of opset 8/],
    ['Resize', 11, { coordinate_transformation_mode: text('tf_half_pixel_for_nn') }, /given up/],
    ['Resize', 10, {}, /scales are computed/],
    ['RoiAlign', 10, {}, /up to opset 21/],
    ['RandomNormal', 9, {}, /up to opset 21/],
    ['GlobalLpPool', 7, { p: int(3) }, /up to opset 21/],
  ])('%s of opset %i', (op, opset, attributes, sentence) => {
    const model = modelOf(opset, { nodes: [node(op, ['x', 's'], ['y'], attributes)] })
    expect(refused(model)).toThrow(ModelError)
    expect(refused(model)).toThrow(sentence)
  })

  it('a mask or statistics of an old training form that are used', () => {
    const used = (op: string, opset: number) =>
      modelOf(opset, {
        nodes: [node(op, ['x'], ['y', 'extra'], {}), node('Relu', ['extra'], ['z'], {})],
      })
    expect(refused(used('Dropout', 7))).toThrow(/mask is used/)
    expect(refused(used('BatchNormalization', 9))).toThrow(/statistics are used/)
  })

  it('functions of the model itself', () => {
    const writer = new BinaryWriter()
    put.message(writer, 25, w => put.text(w, 1, 'own'))
    const model = { ...modelOf(17, {}), unknown: writer.finish() }
    expect(refused(model)).toThrow(/1 functions of its own/)
  })
})
