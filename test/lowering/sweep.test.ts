import { expect, it } from 'vitest'
import { trainingGraph } from '../../src/autodiff/index.js'
import { float32Tensor, type Tensor } from '../../src/base/index.js'
import { createSession, probeBlock } from '../../src/engine/index.js'
import { type LoweringOptions, lower, runtimeDomains } from '../../src/lowering/index.js'
import {
  batchNorm,
  conv,
  dense,
  globalAverage,
  maxPool,
  Net,
  relu,
} from '../../src/networks/layers.js'
import { CANONICAL_OPSET, writeModel } from '../../src/onnx/index.js'
import { described, graphOf, numbers, parameter } from '../networks/described.js'

/** Convolutions, plain, by channel and of one tap, from 3 to `channels` to `70 - channels` and on. */
function network(channels: number) {
  const net = new Net(`${channels} channels`, 0)
  const first = conv(net, net.input([3, 6, 4]), 'first', { channels, kernel: [3, 3] })
  const own = conv(net, relu(net, first), 'own', { channels, kernel: [3, 3], depthwise: true })
  const pooled = maxPool(net, relu(net, batchNorm(net, own, 'norm')))
  const last = { channels: 71 - channels, kernel: [1, 1] }
  const point = relu(net, conv(net, pooled, 'point', last))
  const strided = conv(net, point, 'strided', { channels, kernel: [3, 3], stride: 2 })
  net.output(dense(net, globalAverage(net, relu(net, strided)), 'fc', 2))
  return described(net.graph, 2, 2)
}

async function step(channels: number, options: LoweringOptions) {
  const net = network(channels)
  const names = Object.keys(net.parameters)
  const isStatistic = (name: string) => /mean$|variance$/.test(name)
  const training = trainingGraph(graphOf(net), {
    output: 'logits',
    loss: 'cross-entropy',
    wrt: names.filter(name => !isStatistic(name)),
    feed: names.filter(isStatistic),
    batchNormalization: 'batch',
  })
  const graph = lower(training.graph, options)
  const opsets = new Map([['', CANONICAL_OPSET], ...runtimeDomains(graph)])
  const producer = { name: '', version: '' }
  const model = { irVersion: 10, opsets, producer, metadata: new Map<string, string>(), graph }
  const session = await createSession(writeModel(model), { threads: 1 })
  const feeds: Record<string, Tensor> = {
    input: float32Tensor(numbers('input', 2 * 3 * 6 * 4), [2, 3, 6, 4]),
    [training.targets]: float32Tensor([1, 0, 0, 1], [2, 2]),
    [training.sampleWeights]: float32Tensor([1, 1], [2]),
  }
  for (const [name, shape] of Object.entries(net.parameters)) feeds[name] = parameter(name, shape)
  const wanted = session.inputs.map(({ name }) => [name, feeds[name]] as const)
  const results = await session.run(Object.fromEntries(wanted))
  await session.close()
  const domains = new Set(graph.nodes.map(node => node.domain))
  return { results, domains, gradients: training.gradients }
}

const block = await probeBlock()

it.skipIf(!block)(
  'trains 1 to 70 channels in blocked layout, the gradients as without',
  async () => {
    const blocked = new Set<number>()
    for (let channels = 1; channels <= 70; channels++) {
      const fast = await step(channels, { column: 'blocked', block })
      if (!fast.domains.has('com.microsoft.nchwc')) continue
      blocked.add(channels)
      const plain = await step(channels, {})
      for (const [of, name] of fast.gradients) {
        const [own, wanted] = [fast, plain].map(s => s.results[name].data as Float32Array)
        const norm = Math.hypot(...wanted)
        const difference = Math.hypot(...own.map((v, i) => v - wanted[i]))
        expect(difference, `${of} of ${channels} channels`).toBeLessThan(1e-4 * norm + 1e-5)
      }
    }
    expect([16, 32, 48, 64].every(channels => blocked.has(channels))).toBe(true)
  },
)
