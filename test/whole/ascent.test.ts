/** One step of training with each ascent against PyTorch: test/golden/ascent/make.py. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { float32Tensor, momentAt } from '../../src/base/index.js'
import { InputGradients } from '../../src/gradients/index.js'
import { openKernels } from '../../src/kernels/index.js'
import { type OpenedModel, openModel } from '../../src/model/index.js'
import { ascentOf, ascents } from '../../src/noise/index.js'
import { Builder, emptyGraph, writeModel } from '../../src/onnx/index.js'
import { checkRecipe, type ResolvedNoise } from '../../src/recipe/index.js'
import { parseLevel } from '../../src/schedule/index.js'
import { ascend } from '../../src/train/ascend.js'
import { allocateBuffers, layoutOf, viewOf } from '../../src/train/layout.js'
import { optimizerOf } from '../../src/train/optimizer.js'
import { Stepper, type StepperOptions } from '../../src/train/stepper.js'
import { numbers } from '../support/numbers.js'

interface Row {
  at: 'weight' | 'input'
  kind: string
  level: Record<string, number>
  moved: Record<string, number[]>
  loss: number
  after: Record<string, number[]>
}

const golden: Row[] = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../golden/ascent/golden.json'), 'utf8'),
)
const rows = 5
const preprocess = { scale: 1, mean: 0, std: 1 }
const labels = [0, 2, 1, 1, 0]
const lengths = { epochs: 1, batchesPerEpoch: 1, samplesPerEpoch: rows }

function network(): Uint8Array {
  const graph = emptyGraph('net')
  graph.inputs.push({ name: 'x', dtype: 'float32', shape: ['batch', 4] })
  const shapes = { w1: [4, 6], b1: [6], w2: [6, 3], b2: [3] }
  for (const [name, shape] of Object.entries(shapes)) {
    const values = numbers(
      name,
      shape.reduce((a, b) => a * b, 1),
    )
    graph.initializers.set(name, float32Tensor(values, shape))
  }
  const sized = { ...graph, inputs: [{ ...graph.inputs[0], shape: [1, 4] }] }
  const b = new Builder(sized)
  const hidden = b.emit('Relu', [b.emit('Gemm', ['x', 'w1', 'b1'])])
  const y = b.emit('Gemm', [hidden, 'w2', 'b2'])
  const outputs = [{ name: y, dtype: 'float32' as const, shape: ['batch', 3] }]
  const free = { ...sized, inputs: graph.inputs, outputs, values: new Map() }
  return writeModel({
    ...{ irVersion: 8, producer: { name: 'test', version: '' }, graph: free },
    ...{ opsets: new Map([['', 21]]), metadata: new Map() },
  } as never)
}

function resolved({ at, kind, level }: Pick<Row, 'at' | 'kind' | 'level'>, names: string[]) {
  const levels = Object.entries(level).map(([field, value]) => [
    field,
    parseLevel(value, { lengths, where: field }),
  ])
  return {
    ...{ name: `${at}:${kind}`, entry: { at, kind }, noise: ascentOf(at, kind) },
    ...{ levels: Object.fromEntries(levels), window: () => true, clip: [-1, 1], share: 1 },
    touches: names,
  } as unknown as ResolvedNoise
}

const time = {
  ...{ seed: 0, step: 0, epoch: 0, moment: momentAt(0, lengths), lengths },
  gains: new Map<string, number>(),
  holds: new Map<string, number>(),
  begun: new Map<string, number>(),
}

let opened: OpenedModel
beforeAll(async () => {
  opened = await openModel(network(), { sample: [4] })
})

/** Weights, machinery and one batch, all fresh. */
function prepare() {
  const kernels = openKernels({ bytes: 2 ** 18 })
  const layout = layoutOf(opened.parameters, () => true)
  const { optimizer: settings } = checkRecipe({
    model: { network: 'mlp' },
    data: { train: 'x' },
    optimizer: { kind: 'sgd', learningRate: 0.1 },
  })
  const optimizer = optimizerOf(settings, kernels)
  const buffers = allocateBuffers(kernels, layout, opened.parameters, { moments: 0 })
  const stepperOptions: StepperOptions = {
    ...{ loss: 'cross-entropy', batchNormalization: 'frozen', sampleShape: [4], preprocess },
    threads: 1,
  }
  const stepper = new Stepper(opened, buffers, stepperOptions, kernels)
  const samples = Float32Array.from(numbers('x', rows * 4))
  const targets = new Float32Array(rows * 3)
  labels.forEach((label, row) => {
    targets[row * 3 + label] = 1
  })
  const sampleWeights = new Float32Array(rows).fill(1)
  const batch = {
    ...{ rows, samples, targets, width: 3, shape: [4], of: { copies: 1, isFirstClean: false } },
    ...{ spareSamples: samples, spareTargets: targets },
    ids: Float64Array.from(labels.keys()),
    copies: new Uint32Array(rows),
  }
  const input = { rows, samples, targets, sampleWeights, weights: buffers.parameters }
  return { layout, optimizer, buffers, stepper, batch, input }
}

const steppers: Stepper[] = []
afterAll(async () => {
  for (const stepper of steppers) await stepper.close()
})

describe('one step of training', () => {
  it('is compared for every ascent', () => {
    const all = Object.values(ascents).flatMap(kinds => Object.keys(kinds))
    expect([...new Set(golden.map(({ kind }) => kind))].sort()).toEqual(all.sort())
  })

  it.each(golden.map(row => [`${row.at} ${row.kind} ${JSON.stringify(row.level)}`, row] as const))(
    '%s',
    async (_, row) => {
      const { layout, optimizer, buffers, stepper, batch, input } = prepare()
      steppers.push(stepper)
      const names = layout.slots.filter(s => ascentOf(row.at, row.kind)!.moves?.(s.shape) ?? true)
      const noises = [
        resolved(
          row,
          names.map(({ name }) => name),
        ),
      ]
      const moved = await ascend({ buffers, stepper, batch, noises, time }, input)
      const near = (found: ArrayLike<number>, wanted: number[]) => {
        for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 5)
      }
      if (row.at === 'input') near(moved.samples, row.moved.x)
      else for (const slot of layout.slots) near(viewOf(moved.weights, slot), row.moved[slot.name])
      expect(await stepper.run(moved)).toBeCloseTo(row.loss, 5)
      optimizer.update(buffers, { step: 1, learningRate: 0.1, gradientScale: 1 })
      for (const slot of layout.slots) near(viewOf(buffers.parameters, slot), row.after[slot.name])
    },
  )

  it('moves nothing and asks for nothing at radius 0', async () => {
    const { layout, buffers, stepper, batch, input } = prepare()
    steppers.push(stepper)
    const noises = Object.values(ascents)
      .flatMap(kinds => Object.values(kinds))
      .map(({ at, kind }) =>
        resolved(
          { at, kind, level: { radius: 0, steps: 3 } },
          layout.slots.map(s => s.name),
        ),
      )
    const before = batch.samples.slice()
    const moved = await ascend({ buffers, stepper, batch, noises, time }, input)
    expect(moved.weights).toBe(buffers.parameters)
    expect(batch.samples).toEqual(before)
  })
})

it('gradients by the samples are the same in parts as at once', async () => {
  const {
    input: { weights: _, ...input },
  } = prepare()
  const options = { loss: 'cross-entropy', sampleShape: [4], preprocess, threads: 1 } as const
  const [whole, parts] = [
    new InputGradients(opened, options),
    new InputGradients(opened, { ...options, rowsAtOnce: 2 }),
  ]
  const [one, two] = [new Float32Array(rows * 4), new Float32Array(rows * 4)]
  await whole.gradient(input, one)
  await parts.gradient(input, two)
  // The mean is over the rows of each part: 2, 2 and 1 of 5.
  const shares = [2, 2, 2, 2, 1].flatMap(part => Array(4).fill(part / rows))
  for (const [i, value] of two.entries()) expect(value * shares[i]).toBeCloseTo(one[i], 6)
  await whole.close()
  await parts.close()
})
