import { describe, expect, it } from 'vitest'
import { keyOf, sizeOf, type Tensor } from '../src/base/index.js'
import { createSession } from '../src/engine/index.js'
import { trainingModel } from '../src/gradients/index.js'
import { insertActivationNoise, type OpenedModel } from '../src/model/index.js'
import { newNetwork } from '../src/networks/index.js'
import {
  type ActivationNoise,
  type ActivationPort,
  allocatePort,
  clearPort,
  completeLevel,
  feedsOf,
  fillRow,
  type Level,
  matchActivations,
  noises,
} from '../src/noise/index.js'
import { type Graph, inferGraph, type Model, withBatch, writeModel } from '../src/onnx/index.js'

const activationNoises = noises.activation

function open(kind: 'cnn' | 'resnet8', batch: number): { model: Model; graph: Graph } {
  const model = newNetwork(kind, { input: [1, 16, 16], classes: 10, seed: 1 })
  const graph = withBatch(model.graph, batch)
  inferGraph(graph)
  return { model, graph }
}

const samples: Tensor<'float32'> = {
  dtype: 'float32',
  shape: [3, 1, 16, 16],
  data: Float32Array.from({ length: 768 }, (_, i) => Math.sin(i * 0.37)),
}

async function logits(model: Model, graph: Graph, feeds: Record<string, Tensor>) {
  const session = await createSession(writeModel({ ...model, graph }))
  const result = await session.run({ input: samples, ...feeds })
  await session.close()
  return result[graph.outputs[0].name].data as Float32Array
}

/** Feeds of a port, each number by its place. */
function feedsBy(port: ActivationPort, value: (role: string) => (i: number) => number) {
  return Object.fromEntries(
    port.inputs.map(({ role, name, shape }) => {
      const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => value(role)(i))
      return [name, { dtype: 'float32', shape, data } as Tensor]
    }),
  )
}

describe('activation noise in a graph', () => {
  it('is the clean network at the identity, and a y + b beyond', async () => {
    const { model, graph } = open('cnn', 3)
    const clean = await logits(model, graph, {})
    const noisy = insertActivationNoise(graph, [
      { noise: activationNoises.alpha_dropout, match: 'Relu' },
      { noise: activationNoises.gaussian, match: 'MaxPool' },
      { noise: activationNoises.spatial_dropout, match: 'Conv' },
    ])
    expect(noisy.ports.map(ports => ports.length)).toEqual([3, 2, 2])
    const buffers = noisy.ports.flat().map(port => allocatePort(port))
    const feed = () => Object.assign({}, ...buffers.map(feedsOf)) as Record<string, Tensor>
    expect([...(await logits(model, noisy.graph, feed()))]).toEqual([...clean])
    // One row filled: that sample changes, the others do not.
    for (const [i, buffer] of buffers.entries())
      fillRow(buffer, 1, { rate: 0.3, sigma: 0.5 }, keyOf(0, 'x', i))
    const changed = await logits(model, noisy.graph, feed())
    expect(changed.slice(0, 10)).toEqual(clean.slice(0, 10))
    expect(changed.slice(10, 20)).not.toEqual(clean.slice(10, 20))
    expect(changed.slice(20)).toEqual(clean.slice(20))
    // The graph it came from is untouched.
    expect(graph.inputs.length).toBe(1)
  })

  it('scales and shifts exactly the value asked for', async () => {
    const { model, graph } = open('cnn', 3)
    const clean = await logits(model, graph, {})
    const last = graph.outputs[0].name
    const noise = activationNoises.stuck_at
    const { graph: noisy, ports } = insertActivationNoise(graph, [{ noise, match: last }])
    const ramp = (i: number) => i / 10
    const feeds = feedsBy(ports[0][0], role => (role === 'scale' ? () => 2 : ramp))
    const result = await logits(model, noisy, feeds)
    result.forEach((value, i) => {
      const row = Math.floor(i / 10)
      const reach = Math.max(...clean.slice(10 * row, 10 * row + 10).map(Math.abs))
      expect(value).toBeCloseTo(2 * clean[i] + ramp(i) * reach, 4)
    })
  })

  it('finds the branches of residual connections', async () => {
    const { model, graph } = open('resnet8', 3)
    const noise = activationNoises.stochastic_depth
    const { graph: noisy, ports } = insertActivationNoise(graph, [{ noise }])
    expect(ports[0].length).toBe(3)
    const dropped = ports[0].map(port => feedsBy(port, () => () => 0))
    // With every branch gone the shortcuts alone remain, and still give numbers.
    const result = await logits(model, noisy, Object.assign({}, ...dropped))
    expect(result.every(Number.isFinite)).toBe(true)
  })

  it('says when nothing matches', () => {
    const { graph } = open('cnn', 1)
    expect(() => matchActivations(graph, { match: 'Gelu' })).toThrow(
      /expected a match with some activation, received "Gelu". Operators it could match: Conv, Relu, MaxPool/,
    )
    expect(() => matchActivations(graph, { residual: true })).toThrow(/residual connections/)
    const first = matchActivations(graph, { match: 'Relu', depth: [0, 0.5] })
    expect(first.length).toBeLessThan(matchActivations(graph, { match: 'Relu' }).length)
  })
})

/** A level that acts, for every kind. */
const actingLevel = (noise: ActivationNoise): Level =>
  Object.fromEntries(
    Object.entries(noise.levels).map(([field, { default: usual }]) => [
      field,
      field === 'bits'
        ? 4
        : field === 'stochastic' || field === 'linear'
          ? 1
          : field === 'rate'
            ? 0.3
            : usual || 0.3,
    ]),
  )

describe.each(Object.values(activationNoises).map(noise => [noise.kind, noise] as const))(
  '%s in a graph that is trained',
  (kind, noise) => {
    const { model, graph } = open(noise.residual ? 'resnet8' : 'cnn', 3)
    const match = noise.residual ? undefined : 'Relu'
    const { graph: noisy, ports } = insertActivationNoise(graph, [{ noise, match }], {
      purpose: 'gradient',
    })
    const buffers = ports.flat().map(allocatePort)
    const wrt = [...graph.initializers.keys()].filter(name => name.endsWith('weight'))
    const { training, bytes } = trainingModel({ model } as OpenedModel, noisy, {
      ...{ output: graph.outputs[0].name, loss: 'cross-entropy', wrt },
    })
    const session = createSession(bytes)

    async function run() {
      const ones = { dtype: 'float32' as const, shape: [3], data: new Float32Array(3).fill(1) }
      const data = Float32Array.from({ length: 30 }, (_, i) => (i % 11 === 0 ? 1 : 0))
      const feeds = Object.assign({ input: samples }, ...buffers.map(feedsOf))
      feeds[training.targets] = { dtype: 'float32', shape: [3, 10], data }
      feeds[training.sampleWeights] = ones
      for (const name of wrt) feeds[name] = graph.initializers.get(name)
      const made = await (await session).run(feeds)
      const gradients = wrt.map(name => made[training.gradients.get(name)!].data as Float32Array)
      return { loss: (made[training.loss].data as Float32Array)[0], gradients }
    }
    const draw = (n: number) => {
      const level = completeLevel(noise, actingLevel(noise))
      for (const [i, buffer] of buffers.entries())
        for (let row = 0; row < 3; row++) fillRow(buffer, row, level, keyOf(n, kind, i, row))
      return run()
    }

    it('does nothing at its identity, draws anew, and lets gradients through', async () => {
      expect(wrt.length).toBeGreaterThan(2)
      const clean = await run()
      const [one, other] = [await draw(0), await draw(1)]
      expect((await draw(0)).loss).toBe(one.loss)
      expect(one.loss).not.toBe(clean.loss)
      expect(one.loss).not.toBe(other.loss)
      for (const gradient of [...clean.gradients, ...one.gradients]) {
        expect(gradient.every(Number.isFinite)).toBe(true)
        expect(gradient.some(value => value !== 0)).toBe(true)
      }
      buffers.forEach(clearPort)
      expect((await run()).loss).toBe(clean.loss)
      await (await session).close()
    })
  },
)
