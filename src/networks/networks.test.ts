import { describe, expect, it } from 'vitest'
import { runModel, worstDifference } from '../../test/support/runtime.js'
import { keyOf, Random, sizeOf, type Tensor, tensor, UsageError } from '../base/index.js'
import { openModel } from '../model/index.js'
import { writeModel } from '../onnx/index.js'
import { type NetworkKind, networks, newNetwork } from './index.js'

const inputs: Record<NetworkKind, number[][]> = {
  mlp: [[4], [1, 28, 28]],
  cnn: [
    [1, 28, 28],
    [3, 4, 5],
  ],
  lenet: [
    [1, 28, 28],
    [3, 16, 32],
  ],
  resnet8: [
    [3, 32, 32],
    [1, 8, 9],
  ],
  resnet20: [[3, 32, 32]],
  'ds-cnn': [
    [1, 49, 10],
    [1, 98, 40],
  ],
  cnn1d: [
    [1, 8000],
    [6, 128],
    [1, 16],
  ],
  transformer: [
    [12, 20],
    [1, 28, 28],
    [3, 32, 32],
  ],
}

const kinds = Object.keys(networks) as NetworkKind[]
const cases = kinds.flatMap(kind => inputs[kind].map(input => [kind, input] as const))

function noise(shape: number[]): Tensor {
  const random = new Random(keyOf(1, 'test'))
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
  )
}

function parametersOf(kind: NetworkKind, input: number[], classes: number): Map<string, Tensor> {
  const { initializers } = newNetwork(kind, { input, classes, seed: 0 }).graph
  return new Map([...initializers].filter(([, t]) => t.dtype === 'float32' && t.shape.length))
}

const count = (parameters: Map<string, Tensor>) =>
  [...parameters.values()].reduce((sum, t) => sum + t.data.length, 0)

describe('fresh networks', () => {
  it.each(cases)('%s runs on [%s] at any batch', async (kind, input) => {
    const bytes = writeModel(newNetwork(kind, { input, classes: 7, seed: 3 }))
    for (const batch of [1, 3]) {
      const { logits } = await runModel(bytes, { input: noise([batch, ...input]) })
      expect(logits.shape).toEqual([batch, 7])
      const values = [...(logits.data as Float32Array)]
      expect(values.every(Number.isFinite)).toBe(true)
      // Sound first values neither vanish nor explode.
      const size = Math.max(...values.map(Math.abs))
      expect(size).toBeGreaterThan(1e-3)
      expect(size).toBeLessThan(50)
    }
  })

  it.each(kinds)('%s: the same seed gives the same bytes, another seed others', kind => {
    const make = (seed: number) =>
      Buffer.from(writeModel(newNetwork(kind, { input: inputs[kind][0], classes: 4, seed })))
    expect(make(5).equals(make(5))).toBe(true)
    expect(make(5).equals(make(6))).toBe(false)
  })

  it('have the published number of parameters', () => {
    expect(count(parametersOf('mlp', [784], 10))).toBe(203_530)
    expect(count(parametersOf('lenet', [1, 28, 28], 10))).toBe(431_080)
    expect(count(parametersOf('cnn', [1, 28, 28], 10))).toBe(206_922)
  })

  const spread = ({ data: values }: Tensor) => {
    const data = [...(values as Float32Array)]
    const mean = data.reduce((a, b) => a + b) / data.length
    const deviation = Math.sqrt(data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length)
    return {
      mean,
      deviation,
      n: data.length,
      largest: data.reduce((a, b) => Math.max(a, Math.abs(b)), 0),
    }
  }

  it('start layers with a bias uniform within 1 / sqrt(fan in)', () => {
    const parameters = parametersOf('lenet', [1, 28, 28], 10)
    for (const [name, fanIn] of Object.entries({ conv2: 500, fc1: 800, fc2: 500 })) {
      const { mean, deviation, n, largest } = spread(parameters.get(`${name}.weight`)!)
      const [bound, wanted] = [1 / Math.sqrt(fanIn), 1 / Math.sqrt(3 * fanIn)]
      expect(largest).toBeLessThanOrEqual(Math.fround(bound))
      // A deviation over n uniform draws is off by 1 / sqrt(5 n) of itself; 5 such errors are allowed.
      expect(Math.abs(deviation / wanted - 1)).toBeLessThan(5 / Math.sqrt(5 * n))
      expect(Math.abs(mean)).toBeLessThan((5 * wanted) / Math.sqrt(n))
      const bias = spread(parameters.get(`${name}.bias`)!)
      expect(bias.largest).toBeLessThanOrEqual(Math.fround(bound))
      expect(bias.deviation).toBeGreaterThan(wanted / 3)
    }
  })

  it('start convolutions before a normalisation He normal', () => {
    const parameters = parametersOf('resnet8', [3, 32, 32], 10)
    const { mean, deviation, n } = spread(parameters.get('stage2.block1.conv2.weight')!)
    const wanted = Math.sqrt(2 / (32 * 9))
    // Of itself, a deviation over n normal draws is off by 1 / sqrt(2 n).
    expect(Math.abs(deviation / wanted - 1)).toBeLessThan(5 / Math.sqrt(2 * n))
    expect(Math.abs(mean)).toBeLessThan((5 * wanted) / Math.sqrt(n))
  })
})

describe('a network that standardizes', () => {
  it('begins with (x - mean) / deviation, and trains neither', async () => {
    const options = { input: [2, 32], classes: 3, seed: 4 }
    const plain = writeModel(newNetwork('cnn1d', options))
    const standardize = { mean: [3, -5], deviation: [10, 0] }
    const bytes = writeModel(newNetwork('cnn1d', { ...options, standardize }))
    const x = noise([4, 2, 32])
    const raw = tensor(
      'float32',
      [4, 2, 32],
      (x.data as Float32Array).map((v, i) => (Math.floor(i / 32) % 2 ? v - 5 : 10 * v + 3)),
    )
    const { logits: wanted } = await runModel(plain, { input: x })
    const { logits } = await runModel(bytes, { input: raw })
    expect(worstDifference(logits, wanted)).toBeLessThan(1e-4)
    const names = (await openModel(bytes)).parameters.map(p => p.name)
    expect(names).toEqual((await openModel(plain)).parameters.map(p => p.name))
  })
})

describe('impossible networks are refused with a sentence', () => {
  it.each([
    ['lenet', [1, 2, 2], 10, /at least 16x16.*1x2x2/],
    ['cnn', [784], 10, /\[channel, height, width\] for cnn.*784.*mlp/],
    ['cnn', [1, 28, 0], 10, /whole sizes from 1.*1x28x0/],
    ['mlp', [], 10, /whole sizes/],
    ['mlp', [4], 0, /classes.*from 1.*0/],
    ['mlp', [1e9], 2, /140 million/],
    ['lennet', [1, 28, 28], 10, /one of mlp.*Did you mean lenet/],
    ['constructor', [1, 28, 28], 10, /one of mlp/],
  ] as const)('%s on [%s] with %s classes', (kind, input, classes, sentence) => {
    const make = () => newNetwork(kind as NetworkKind, { input, classes, seed: 0 })
    expect(make).toThrow(UsageError)
    expect(make).toThrow(sentence)
  })
})
