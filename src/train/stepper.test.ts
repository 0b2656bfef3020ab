import { beforeAll, expect, it } from 'vitest'
import { keyOf } from '../base/index.js'
import { openKernels } from '../kernels/index.js'
import { type OpenedModel, openModel } from '../model/index.js'
import { newNetwork } from '../networks/index.js'
import { writeModel } from '../onnx/index.js'
import { allocateBuffers, layoutOf } from './layout.js'
import type { StepInput } from './step-session.js'
import { Stepper, type StepperOptions } from './stepper.js'

const shape = [1, 12, 12]
let opened: OpenedModel
beforeAll(async () => {
  const network = newNetwork('cnn', { input: shape, classes: 10, seed: 0 })
  opened = await openModel(writeModel(network), { sample: shape })
})

/** Loss and gradients of one batch, its rows weighed unequally, by so many sessions. */
async function step(rows: number, options: Partial<StepperOptions>) {
  const kernels = openKernels({ bytes: 2 ** 24 })
  const layout = layoutOf(opened.parameters, () => true)
  const settings = { moments: 0, partial: 3 }
  const buffers = allocateBuffers(kernels, layout, opened.parameters, settings)
  const preprocess = { scale: 1, mean: [0], std: [1] }
  const stepper = new Stepper(
    opened,
    buffers,
    {
      ...{ loss: 'cross-entropy', batchNormalization: 'frozen', sampleShape: shape },
      ...{ preprocess, threads: 1, keepsLogits: true, ...options },
    },
    kernels,
  )
  const samples = new Float32Array(rows * 144)
  kernels.normal(samples, 1, keyOf(0, 'samples'))
  const targets = new Float32Array(rows * 10)
  for (let row = 0; row < rows; row++) targets[row * 10 + ((row * row) % 10)] = 1
  const sampleWeights = Float32Array.from({ length: rows }, (_, row) => 1 + (row % 3))
  const input: StepInput = { rows, samples, targets, sampleWeights, weights: buffers.parameters }
  const loss = await stepper.run(input)
  const gradients = buffers.gradients.slice()
  const losses = await stepper.losses(input)
  const again = { loss: await stepper.run(input), gradients: buffers.gradients.slice() }
  const logits = stepper.logits.slice()
  await stepper.close()
  return { loss, gradients, losses, logits, again }
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0))

function expectNear(own: Float32Array, wanted: Float32Array) {
  expect(own.length).toBe(wanted.length)
  expect(norm(own.map((v, i) => v - wanted[i]))).toBeLessThan(2e-6 * norm(wanted))
}

it.each([
  [32, { sessions: 2 }],
  [23, { sessions: 2 }],
  [23, { sessions: 4 }],
  [2, { sessions: 4 }],
  [24, { sessions: 3, rowsTogether: 4 }],
  [23, { rowsAtOnce: 7 }],
])('shares %i rows (%o) and gets the gradients of the whole batch', async (rows, options) => {
  const [whole, shared] = [await step(rows, {}), await step(rows, options)]
  expect(Math.abs(shared.loss / whole.loss - 1)).toBeLessThan(1e-6)
  expectNear(shared.gradients, whole.gradients)
  expectNear(shared.losses, whole.losses)
  expectNear(shared.logits, whole.logits)
  expect(shared.again).toEqual({ loss: shared.loss, gradients: shared.gradients })
})
