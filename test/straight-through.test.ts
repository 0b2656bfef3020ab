import { describe, expect, it } from 'vitest'
import { trainingGraph } from '../src/autodiff/index.js'
import { keyOf, sizeOf, type Tensor, tensor } from '../src/base/index.js'
import { lower, runtimeDomains } from '../src/lowering/index.js'
import { insertActivationNoise } from '../src/model/index.js'
import {
  type ActivationNoise,
  allocatePort,
  completeLevel,
  feedsOf,
  fillRow,
  type Level,
  noises,
} from '../src/noise/index.js'
import {
  CANONICAL_IR_VERSION,
  CANONICAL_OPSET,
  emptyGraph,
  inferGraph,
  writeModel,
} from '../src/onnx/index.js'
import { runModel } from './support/runtime.js'

const [rows, inner, width] = [3, 4, 5]
const draw = (length: number, step: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(1 + i * step) * 2)
const x = tensor('float32', [rows, inner], draw(rows * inner, 0.7))
const w = tensor('float32', [inner, width], draw(inner * width, 1.3))
const targets = tensor('float32', [rows, width], draw(rows * width, 0.4))

/** y = x w, the loss mean((noisy y - t)^2), its gradient by w; every row draws its own numbers. */
async function lossAndGradient(noise: ActivationNoise, level: Level) {
  const graph = emptyGraph('product')
  graph.inputs.push({ name: 'x', dtype: 'float32', shape: [rows, inner] })
  graph.initializers.set('w', w)
  graph.nodes.push(
    {
      name: 'product',
      op: 'MatMul',
      domain: '',
      inputs: ['x', 'w'],
      outputs: ['y'],
      attributes: {},
    },
    { name: 'end', op: 'Identity', domain: '', inputs: ['y'], outputs: ['out'], attributes: {} },
  )
  graph.outputs.push({ name: 'out', dtype: 'float32', shape: [rows, width] })
  inferGraph(graph)
  const request = { noise, match: 'MatMul', fields: Object.keys(level) }
  const purpose = 'gradient'
  const { graph: noisy, ports } = insertActivationNoise(graph, [request], { purpose })
  const buffers = allocatePort(ports[0][0])
  for (let row = 0; row < rows; row++)
    fillRow(buffers, row, completeLevel(noise, level), keyOf(0, 'straight', row))
  const training = trainingGraph(noisy, { output: 'out', loss: 'mean-squared-error', wrt: ['w'] })
  const lowered = lower(training.graph)
  const opsets = new Map([['', CANONICAL_OPSET], ...runtimeDomains(lowered)])
  const file = writeModel({
    ...{ irVersion: CANONICAL_IR_VERSION, opsets, graph: lowered, metadata: new Map() },
    producer: { name: 'test', version: '' },
  })
  const weights = tensor('float32', [rows], new Float32Array(rows).fill(1))
  const feeds = { x, w, [training.targets]: targets, [training.sampleWeights]: weights }
  const made = await runModel(file, { ...feeds, ...feedsOf(buffers) })
  const arrays = Object.fromEntries(buffers.arrays.map(({ input, data }) => [input.role, data]))
  return {
    noisy: made.out.data as Float32Array,
    gradient: made[training.gradients.get('w')!] as Tensor<'float32'>,
    arrays,
    clean: product(),
  }
}

function product(): Float32Array {
  const y = new Float32Array(rows * width)
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < width; c++)
      for (let k = 0; k < inner; k++)
        y[r * width + c] += x.data[r * inner + k] * w.data[k * width + c]
  return y
}

/** x^T (2 (out - t) / n slope): the gradient where dy/dout is `slope`, element by element. */
function expectedGradient(out: Float32Array, slope: (i: number) => number): number[] {
  const n = rows * width
  return Array.from({ length: inner * width }, (_, at) => {
    const [k, c] = [Math.floor(at / width), at % width]
    let sum = 0
    for (let r = 0; r < rows; r++) {
      const i = r * width + c
      sum += x.data[r * inner + k] * ((2 * (out[i] - targets.data[i])) / n) * slope(i)
    }
    return sum
  })
}

const largest = (y: Float32Array, i: number) => {
  const row = Math.floor(i / width) * width
  return Math.max(...y.subarray(row, row + width).map(Math.abs))
}

function close(actual: ArrayLike<number>, wanted: ArrayLike<number>, digits = 4): void {
  expect(actual.length).toBe(wanted.length)
  for (let i = 0; i < wanted.length; i++) expect(actual[i]).toBeCloseTo(wanted[i], digits)
}

describe('what rounds forward and is straight backward', () => {
  const { converter, quantization, bit_flip, gaussian } = noises.activation

  it('a converter of a fixed range: clipped and rounded; no gradient beyond the range', async () => {
    const { noisy, gradient, clean } = await lossAndGradient(converter, { bits: 4, range: 2 })
    const wanted = clean.map(y => (Math.max(-7, Math.min(7, Math.round((y * 7) / 2))) * 2) / 7)
    close(noisy, wanted)
    expect(clean.some(y => Math.abs(y) > 2)).toBe(true)
    close(
      gradient.data,
      expectedGradient(noisy, i => (Math.abs(clean[i]) <= 2 ? 1 : 0)),
    )
  })

  it('a converter of the range of each sample: nothing is clipped', async () => {
    const { noisy, gradient, clean } = await lossAndGradient(converter, { bits: 3 })
    close(
      noisy,
      clean.map((y, i) => (Math.round((y * 3) / largest(clean, i)) * largest(clean, i)) / 3),
    )
    close(
      gradient.data,
      expectedGradient(noisy, () => 1),
    )
  })

  it('integers with a zero point: zero and both ends are kept to half a step', async () => {
    const { noisy, gradient, clean } = await lossAndGradient(quantization, { bits: 6 })
    for (const [i, y] of noisy.entries()) {
      const row = clean.subarray(Math.floor(i / width) * width).subarray(0, width)
      const step = (Math.max(0, ...row) - Math.min(0, ...row)) / 63
      expect(Math.abs(y - clean[i])).toBeLessThan(step * 1.001)
      expect(Math.abs(y / step - Math.round(y / step))).toBeLessThan(1e-3)
    }
    close(
      gradient.data,
      expectedGradient(noisy, () => 1),
    )
  })

  it('stochastic rounding goes up or down by chance', async () => {
    const level = { bits: 3, stochastic: 1 }
    const { noisy, clean, arrays } = await lossAndGradient(converter, level)
    const wanted = clean.map((y, i) => {
      const step = largest(clean, i) / 3
      return Math.max(-3, Math.min(3, Math.round(y / step + arrays.dither[i]))) * step
    })
    close(noisy, wanted)
    expect(new Set(arrays.dither).size).toBe(rows * width)
  })

  it('bit flips of an integer: what is not struck stays as it is', async () => {
    const { noisy, gradient, clean, arrays } = await lossAndGradient(bit_flip, {
      rate: 0.1,
      bits: 8,
    })
    const wanted = clean.map((y, i) => {
      const step = largest(clean, i) / 127
      const q = Math.round(y / step)
      return y + ((((q ^ arrays.mask[i]) << 24) >> 24) - q) * step
    })
    close(noisy, wanted)
    expect(arrays.mask.some(m => m !== 0)).toBe(true)
    expect(arrays.mask.some(m => m === 0)).toBe(true)
    close(
      gradient.data,
      expectedGradient(noisy, () => 1),
    )
  })

  it('noise relative to the largest value leaves the gradient alone', async () => {
    const { noisy, gradient, clean, arrays } = await lossAndGradient(gaussian, { relative: 0.2 })
    close(
      noisy,
      clean.map((y, i) => y + arrays.relativeShift[i] * largest(clean, i)),
    )
    close(
      gradient.data,
      expectedGradient(noisy, () => 1),
    )
  })

  it.each([
    ['converter', converter],
    ['quantization', quantization],
    ['bit_flip', bit_flip],
  ] as const)('%s at its identity changes no bit', async (_, noise) => {
    const { noisy } = await lossAndGradient(noise, noise.identity)
    const { noisy: plain } = await lossAndGradient(gaussian, { sigma: 0 })
    expect([...noisy]).toEqual([...plain])
    expect(sizeOf([rows, width])).toBe(noisy.length)
  })
})
