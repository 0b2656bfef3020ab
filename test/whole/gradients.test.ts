/** Gradients of whole foreign networks against central differences through the stock runtime. */
import { describe, expect, it } from 'vitest'
import { type Tensor, tensor } from '../../src/base/index.js'
import { gradients, loadModel } from '../../src/index.js'
import { exportModel } from '../../src/model/index.js'
import { runModel } from '../support/runtime.js'
import { hasShared, sharedModel, sharedModels } from '../support/shared.js'

type Loss = (output: Float32Array) => number

const labels = [1, 0]
const crossEntropy: Loss = p =>
  labels.reduce((sum, label, row) => sum - Math.log(p[2 * row + label]), 0) / labels.length
const binary: Loss = ([p]) => -Math.log(1 - p)

/** The loss of the file itself with other weights, by the stock runtime. */
async function lossWith(
  file: string,
  weights: ReadonlyMap<string, Float32Array>,
  feeds: Record<string, Tensor>,
  { output, loss }: { output: string; loss: Loss },
): Promise<number> {
  const opened = await loadModel(sharedModel(file), { prove: false, output })
  const results = await runModel(exportModel(opened, weights), feeds)
  return loss(results[output].data as Float32Array)
}

const models = [
  {
    file: 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
    loss: 'cross-entropy' as const,
    targets: tensor('int64', [2], BigInt64Array.from(labels, BigInt)),
    reference: crossEntropy,
    // How far the loss is moved: far above rounding (1 - p is coarse near 1), nearly straight.
    moves: 0.0005,
    weights: 143,
  },
  {
    file: 'oww-hello_deepa.onnx',
    loss: 'binary-cross-entropy' as const,
    targets: tensor('float32', [1, 1], Float32Array.of(0)),
    reference: binary,
    moves: 0.01,
    weights: 10,
  },
]

describe.skipIf(!hasShared).each(models)('gradients of $file', model => {
  const { file, loss, targets, reference, moves } = model
  const feeds = sharedModels[file]()
  const found = hasShared ? gradients(sharedModel(file), { inputs: feeds, targets, loss }) : null

  it('are there for all of its weights, and the loss is that of the file', async () => {
    const opened = await loadModel(sharedModel(file), { prove: false })
    const { gradients: all, loss: mean } = (await found)!
    const weights = opened.parameters.filter(p => p.role !== 'statistic')
    expect(all.size).toBe(model.weights)
    for (const { name, shape } of weights) expect(all.get(name)?.shape, name).toEqual(shape)
    const results = await runModel(sharedModel(file), feeds)
    expect(mean).toBeCloseTo(reference(results[opened.output.name].data as Float32Array), 4)
  })

  it('agree with central differences, along each gradient and in its largest entry', async () => {
    const opened = await loadModel(sharedModel(file), { prove: false })
    const { gradients: all } = (await found)!
    const names = [...all.keys()]
    const chosen = names.filter((_, i) => i % Math.ceil(names.length / 6) === 0)
    for (const name of chosen) {
      const gradient = all.get(name)!.data as Float32Array
      const { value } = opened.parameters.find(p => p.name === name)!
      const largest = gradient.reduce(
        (at, g, i) => (Math.abs(g) > Math.abs(gradient[at]) ? i : at),
        0,
      )
      const unit = Float32Array.from(gradient, (_, i) => (i === largest ? 1 : 0))
      for (const direction of [gradient, unit]) {
        const slope = dot(gradient, direction)
        const h = moves / Math.abs(slope)
        const at = (step: number) =>
          lossWith(
            file,
            new Map([[name, value.data.map((w, i) => w + step * direction[i])]]),
            feeds,
            { output: opened.output.name, loss: reference },
          )
        const measured = ((await at(h)) - (await at(-h))) / (2 * h)
        expect(Math.abs(measured / slope - 1), `${name} ${measured} ${slope}`).toBeLessThan(0.03)
      }
    }
  })
})

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0)
}

describe.skipIf(!hasShared)('gradients', () => {
  it('are taken by inputs and by inner values where asked', async () => {
    const file = 'oww-hello_deepa.onnx'
    const inputs = sharedModels[file]()
    const asked = { inputs, targets: models[1].targets, loss: 'binary-cross-entropy' as const }
    const { gradients: byInput } = await gradients(sharedModel(file), { ...asked, wrt: 'inputs' })
    expect([...byInput.values()].map(({ shape }) => shape)).toEqual([[1, 25, 96]])
    const inner = await gradients(sharedModel(file), { ...asked, wrt: [...byInput.keys()] })
    expect(inner.gradients).toEqual(byInput)
  })

  it('go through silero once its sample rate is given, by state too', async () => {
    const file = 'silero_vad_v5.onnx'
    const { gradients: found } = await gradients(sharedModel(file), {
      inputs: sharedModels[file](),
      targets: tensor('float32', [1, 1], Float32Array.of(1)),
      loss: 'binary-cross-entropy',
      output: 'output',
      wrt: 'inputs',
    })
    expect(Object.fromEntries([...found].map(([n, { shape }]) => [n, shape]))).toEqual({
      input: [1, 512],
      state: [2, 1, 128],
    })
    expect(found.get('state')!.data.some(g => g !== 0)).toBe(true)
  })

  it('say what is missing or does not fit', async () => {
    const file = 'oww-hello_deepa.onnx'
    const inputs = sharedModels[file]()
    const asked = { inputs, targets: models[1].targets, loss: 'binary-cross-entropy' as const }
    const other = tensor('float32', [1, 3], new Float32Array(3))
    await expect(gradients(sharedModel(file), { ...asked, inputs: { x: other } })).rejects.toThrow(
      /x/,
    )
    await expect(gradients(sharedModel(file), { ...asked, targets: other })).rejects.toThrow(
      /the output's shape \[1,1\]/,
    )
    await expect(gradients(sharedModel(file), { ...asked, wrt: ['nothing'] })).rejects.toThrow(
      /nothing/,
    )
  })
})
