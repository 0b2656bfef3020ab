import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { trainingGraph } from '../../src/autodiff/index.js'
import { sizeOf, type Tensor, tensor } from '../../src/base/index.js'
import { createSession } from '../../src/engine/index.js'
import { lower, runtimeDomains } from '../../src/lowering/index.js'
import {
  CANONICAL_IR_VERSION,
  CANONICAL_OPSET,
  foldConstants,
  type Graph,
  liftToCanonical,
  readModel,
  writeModel,
} from '../../src/onnx/index.js'
import { numbers, targets } from '../support/numbers.js'

/** A tensor as golden.json holds it: its norm and every `step`-th element. */
interface Listed {
  norm: number
  step: number
  values: number[]
}

interface GoldenNetwork {
  loss: number
  kind: 'cross-entropy' | 'binary-cross-entropy' | 'mean-squared-error'
  batch: boolean
  gradients: Record<string, Listed>
  buffers: Record<string, Listed>
}

const folder = resolve(import.meta.dirname, '../golden/pytorch')
const golden: { networks: Record<string, GoldenNetwork>; curve: number[] } = JSON.parse(
  readFileSync(resolve(folder, 'golden.json'), 'utf8'),
)

/** A weight of make.py: by its name and shape. */
function weight(name: string, shape: readonly number[]): Tensor {
  const fanIn = sizeOf(shape.slice(1))
  const scaled = (value: number) => {
    const u = Math.fround(value)
    if (name.endsWith('running_var')) return 1 + 0.5 * u
    if (shape.length === 1) return name.endsWith('weight') ? 1 + 0.1 * u : 0.1 * u
    return u * Math.sqrt(3 / fanIn)
  }
  return tensor('float32', shape, Float32Array.from(numbers(name, sizeOf(shape)), scaled))
}

function input(name: string, dtype: string, shape: readonly number[]): Tensor {
  const u = numbers(`${name}:input`, sizeOf(shape))
  return dtype === 'int64'
    ? tensor(
        'int64',
        shape,
        BigInt64Array.from(u, x => BigInt(Math.trunc((x + 1) * 5.5))),
      )
    : tensor('float32', shape, Float32Array.from(u))
}

const ones = (count: number) => tensor('float32', [count], new Float32Array(count).fill(1))

/** The file's graph, canonical and static; the weights are inputs. */
function graphOf(name: string): Graph {
  const bytes = readFileSync(resolve(folder, `${name}.onnx`))
  return foldConstants(liftToCanonical(readModel(bytes)).graph)
}

async function sessionOf(graph: Graph) {
  const lowered = lower(graph)
  const bytes = writeModel({
    irVersion: CANONICAL_IR_VERSION,
    opsets: new Map([['', CANONICAL_OPSET], ...runtimeDomains(lowered)]),
    producer: { name: '', version: '' },
    metadata: new Map(),
    graph: lowered,
  })
  return createSession(bytes, { threads: 1 })
}

/** Norm of the difference over the norm, both over the listed elements; and that of the norms. */
function difference(actual: Tensor, { norm, step, values }: Listed): number {
  const data = actual.data as Float32Array
  const own = Math.hypot(...data)
  const listed = values.map((value, i) => data[i * step] - value)
  const scale = Math.max(Math.hypot(...values), norm * Math.sqrt(values.length / data.length))
  return Math.max(Math.hypot(...listed) / scale, Math.abs(own - norm) / norm)
}

describe('gradients of whole networks, within 1e-4 of PyTorch', () => {
  it.each(Object.entries(golden.networks))('%s', async (name, wanted) => {
    const graph = graphOf(name)
    const parameters = Object.keys(wanted.gradients)
    const training = trainingGraph(graph, {
      output: 'output',
      loss: wanted.kind,
      wrt: parameters,
      batchNormalization: wanted.batch ? 'batch' : 'frozen',
    })
    expect(training.lost).toEqual([])
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name: own, dtype, shape }) => {
        const known = shape as number[]
        return [own, own === 'input' ? input(name, dtype!, known) : weight(own, known)]
      }),
    )
    const shapeOf = (own: string) =>
      training.graph.inputs.find(port => port.name === own)!.shape as number[]
    feeds[training.targets] = targets(name, wanted.kind, shapeOf(training.targets))
    feeds[training.sampleWeights] = ones(shapeOf(training.sampleWeights)[0])
    const session = await sessionOf(training.graph)
    const results = await session.run(feeds)
    await session.close()
    expect(results[training.loss].data[0]).toBeCloseTo(wanted.loss, 5)
    for (const parameter of parameters) {
      const gradient = results[training.gradients.get(parameter)!]
      expect(difference(gradient, wanted.gradients[parameter]), parameter).toBeLessThan(1e-4)
    }
    expect(training.statistics.map(({ name: own }) => own).sort()).toEqual(
      Object.keys(wanted.buffers).sort(),
    )
    for (const { name: own, updated } of training.statistics)
      expect(difference(results[updated], wanted.buffers[own]), own).toBeLessThan(1e-5)
  })
})

describe('100 steps of training', () => {
  it('follow the losses of PyTorch within 1e-3', async () => {
    const graph = graphOf('curve')
    const statistics = ['1.running_mean', '1.running_var']
    const names = graph.inputs.map(({ name }) => name).filter(name => name !== 'input')
    const wrt = names.filter(name => !statistics.includes(name))
    const options = { output: 'output', loss: 'cross-entropy', wrt } as const
    const training = trainingGraph(graph, { ...options, batchNormalization: 'batch' })
    const session = await sessionOf(training.graph)
    const values = new Map<string, Float32Array>()
    const feeds: Record<string, Tensor> = { [training.sampleWeights]: ones(8) }
    for (const { name, shape } of graph.inputs.filter(port => port.name !== 'input')) {
      feeds[name] = weight(name, shape as number[])
      values.set(name, new Float32Array(sizeOf(shape as number[])))
    }
    const x = input('curve', 'float32', [4, 8, 1, 8, 8]).data as Float32Array
    const t = targets('curve', 'cross-entropy', [32, 3]).data
    const losses: number[] = []
    for (let step = 0; step < 100; step++) {
      const batch = step % 4
      feeds.input = tensor('float32', [8, 1, 8, 8], x.slice(batch * 512, (batch + 1) * 512))
      feeds[training.targets] = tensor('float32', [8, 3], t.slice(batch * 24, (batch + 1) * 24))
      const results = await session.run(feeds)
      losses.push(Number(results[training.loss].data[0]))
      for (const name of wrt) {
        const gradient = results[training.gradients.get(name)!].data as Float32Array
        const [w, v] = [feeds[name].data as Float32Array, values.get(name)!]
        for (let i = 0; i < w.length; i++) {
          v[i] = 0.9 * v[i] + gradient[i]
          w[i] -= 0.05 * v[i]
        }
      }
    }
    await session.close()
    const worst = Math.max(...losses.map((loss, i) => Math.abs(loss - golden.curve[i])))
    expect(worst).toBeLessThan(1e-3)
    expect(losses[99]).toBeLessThan(0.8 * losses[0])
  })
})
