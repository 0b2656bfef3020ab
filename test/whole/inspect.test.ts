import { describe, expect, it } from 'vitest'
import { inspect } from '../../src/index.js'
import { type Inspect, inspectSchema } from '../../src/record/index.js'
import { hasShared, sharedModel, sharedModels } from '../support/shared.js'

const gradientOf = ({ operators }: Inspect) =>
  Object.fromEntries(operators.map(row => [row.operator, row.gradient]))

const trainable = ({ parameters }: Inspect) => parameters.filter(p => p.trainable).length

describe.skipIf(!hasShared)('inspect, told nothing', () => {
  const found = new Map<string, Inspect>()
  it.each(Object.keys(sharedModels))('%s gives a document', async file => {
    found.set(file, inspectSchema.parse(await inspect(sharedModel(file))))
  })

  it.each([
    ['mnist-cntk-ort-examples.onnx', 6, 6, 'logits', 'freed'],
    ['wonnx-opt-mnist.onnx', 6, 6, 'logits', 'freed'],
    ['ch_ppocr_mobile_v2.0_cls_infer.onnx', 213, 143, 'probabilities', 'free'],
    ['oww-hello_deepa.onnx', 10, 10, 'sigmoid', 'freed'],
    ['ultraface-rfb-320.onnx', 90, 90, 'probabilities', 'freed'],
  ])('%s: %i parameters, %i trainable, %s, batch %s', (file, all, trained, kind, batch) => {
    const card = found.get(file)!
    expect(card.parameters).toHaveLength(all)
    expect(trainable(card)).toBe(trained)
    expect([card.output?.kind, card.batch?.kind]).toEqual([kind, batch])
    expect(card.harden?.possible).toBe(true)
  })

  it('tells operators that train from those that pass a gradient on', () => {
    const { Conv, Relu, Reshape } = gradientOf(found.get('mnist-cntk-ort-examples.onnx')!)
    expect({ Conv, Relu, Reshape }).toEqual({ Conv: 'trains', Relu: 'passes', Reshape: 'passes' })
  })

  it('says what was assumed', () => {
    expect(found.get('ultraface-rfb-320.onnx')!.assumptions).toEqual([
      'the output "scores" is looked at; --output picks another (boxes)',
    ])
  })

  it('says which operator stops the gradients of silero, and what to give', () => {
    const card = found.get('silero_vad_v5.onnx')!
    expect(gradientOf(card).If).toBe('stops')
    expect(trainable(card)).toBe(0)
    expect(card.parameters.length).toBeGreaterThan(10)
    expect(card.parameters[0].reason).toMatch(/^gets no gradient: If node "If_0" runs a subgraph/)
    expect(card.assumptions?.join()).toContain('--input sr=VALUE')
    expect(card.harden?.possible).toBe(false)
  })
})

describe.skipIf(!hasShared)('inspect, told the inputs', () => {
  it('finds that silero trains once its sample rate is known', async () => {
    const inputs = { sr: [16000], state: [0] }
    const card = await inspect(sharedModel('silero_vad_v5.onnx'), { inputs, output: 'output' })
    const { LSTM, Conv, If } = gradientOf(card)
    expect({ LSTM, Conv, If }).toEqual({ LSTM: 'trains', Conv: 'trains', If: undefined })
    expect(trainable(card)).toBe(14)
    expect(card.parameters[0].stands).toBe('branch')
  })
})
