import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type TrainingGraph, trainingGraph } from '../src/autodiff/index.js'
import { float32Tensor, type Tensor } from '../src/base/index.js'
import { createSession, probeBlock, type Session } from '../src/engine/index.js'
import { openKernels } from '../src/kernels/index.js'
import { type LoweringOptions, lower, runtimeDomains } from '../src/lowering/index.js'
import { type NetworkKind, newNetwork } from '../src/networks/index.js'
import { CANONICAL_OPSET, writeModel } from '../src/onnx/index.js'
import {
  type Described,
  described,
  graphOf,
  numbers,
  parameter,
} from '../test/networks/described.js'
import { recurrent } from '../test/networks/made.js'

/**
 * One training step (forward, backward, Adam) of Temper and of PyTorch, in alternating blocks:
 * `node bench/run.mjs step [--networks cnn,mlp] [--threads 1] [--rounds 9] [--block 400]
 * [--engine portable|fast]`.
 * Medians over rounds in milliseconds a step; wall ratios are medians of paired rounds.
 */

interface Setting {
  graph: () => ReturnType<typeof newNetwork>['graph']
  batch: number
  classes: number
}

const fresh = (kind: NetworkKind, batch: number, input: number[], classes: number): Setting => ({
  graph: () => newNetwork(kind, { input, classes, seed: 0 }).graph,
  batch,
  classes,
})

const settings: Record<string, Setting> = {
  mlp: fresh('mlp', 128, [784], 10),
  cnn: fresh('cnn', 128, [1, 28, 28], 10),
  lenet: fresh('lenet', 256, [1, 28, 28], 10),
  resnet8: fresh('resnet8', 32, [3, 32, 32], 10),
  'resnet8-128': fresh('resnet8', 128, [3, 32, 32], 10),
  resnet20: fresh('resnet20', 32, [3, 32, 32], 10),
  'resnet20-128': fresh('resnet20', 128, [3, 32, 32], 10),
  'ds-cnn': fresh('ds-cnn', 64, [1, 49, 10], 12),
  cnn1d: fresh('cnn1d', 32, [1, 16000], 10),
  transformer: fresh('transformer', 32, [64, 64], 10),
  gru: {
    graph: recurrent('GRU', { directions: 1, steps: 49, features: 40, hidden: 64, classes: 12 }),
    batch: 64,
    classes: 12,
  },
}

/** Milliseconds a step by the clock and by the processor's time, and the last loss. */
interface Block {
  wall: number
  cpu: number
  loss: number
}

interface Runner {
  run(steps: number): Promise<Block>
  close(): Promise<void>
}

const isStatistic = (name: string) => /\.(mean|variance)$/.test(name)

async function openTemper(
  network: Described,
  threads: number,
  options: LoweringOptions,
): Promise<Runner> {
  const names = Object.keys(network.parameters)
  const trained = names.filter(name => !isStatistic(name))
  const training = trainingGraph(graphOf(network), {
    output: 'logits',
    loss: 'cross-entropy',
    wrt: trained,
    feed: names.filter(isStatistic),
    batchNormalization: 'batch',
  })
  const graph = lower(training.graph, options)
  const model = {
    irVersion: 10,
    opsets: new Map([['', CANONICAL_OPSET], ...runtimeDomains(graph)]),
    producer: { name: '', version: '' },
    metadata: new Map<string, string>(),
    graph,
  }
  const session = await createSession(writeModel(model), { threads })
  return stepper(network, training, session, trained)
}

/** Parameters, gradients and moments side by side in one memory; the session writes in place. */
function stepper(
  network: Described,
  training: TrainingGraph,
  session: Session,
  trained: readonly string[],
): Runner {
  const sizes = trained.map(name => network.parameters[name].reduce((a, b) => a * b, 1))
  const total = sizes.reduce((a, b) => a + b, 0)
  const kernels = openKernels({ bytes: 64 * total + 2 ** 22 })
  const flat = () => kernels.alloc(total)
  const state = { parameters: flat(), gradients: flat(), means: flat(), squares: flat() }
  const feeds: Record<string, Tensor> = batchOf(network, training)
  const loss = new Float32Array(1)
  const fetches: Record<string, Tensor> = { [training.loss]: float32Tensor(loss, []) }
  fetches[training.loss] = { dtype: 'float32', shape: [], data: loss }
  let offset = 0
  for (const [i, name] of trained.entries()) {
    const shape = network.parameters[name]
    const view = (buffer: Float32Array) => buffer.subarray(offset, offset + sizes[i])
    view(state.parameters).set(parameter(name, shape).data)
    feeds[name] = { dtype: 'float32', shape, data: view(state.parameters) }
    const gradient = training.gradients.get(name)!
    fetches[gradient] = { dtype: 'float32', shape, data: view(state.gradients) }
    offset += sizes[i]
  }
  for (const { name, updated } of training.statistics) {
    const running = parameter(name, network.parameters[name])
    feeds[name] = running
    fetches[updated] = running
  }
  const inputs = new Set(session.inputs.map(({ name }) => name))
  for (const name of Object.keys(feeds)) if (!inputs.has(name)) delete feeds[name]
  let step = 0
  return {
    async run(steps) {
      const [clock, cpu] = [performance.now(), process.cpuUsage()]
      for (let i = 0; i < steps; i++) {
        await session.run(feeds, fetches)
        step++
        kernels.adam(state, { step, learningRate: 1e-3 })
      }
      const used = process.cpuUsage(cpu)
      return {
        wall: (performance.now() - clock) / steps,
        cpu: (used.user + used.system) / 1e3 / steps,
        loss: loss[0],
      }
    },
    close: () => session.close(),
  }
}

function batchOf({ input, classes }: Described, t: TrainingGraph): Record<string, Tensor> {
  const count = input.reduce((a, b) => a * b, 1)
  const targets = new Float32Array(input[0] * classes)
  for (const [n, u] of numbers('labels 0', input[0]).entries())
    targets[n * classes + Math.floor(((u + 1) / 2) * classes)] = 1
  return {
    input: float32Tensor(numbers('input 0', count), input),
    [t.targets]: float32Tensor(targets, [input[0], classes]),
    [t.sampleWeights]: float32Tensor(new Float32Array(input[0]).fill(1), [input[0]]),
  }
}

async function openTorch(network: Described, threads: number, python: string): Promise<Runner> {
  const script = resolve(import.meta.dirname, 'step-torch.py')
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => JSON.parse((await lines.next()).value as string)
  child.stdin.write(`${JSON.stringify({ network, threads })}\n`)
  await answer()
  return {
    async run(steps) {
      child.stdin.write(`${steps}\n`)
      return answer()
    },
    async close() {
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

const column = (value: string | number, width = 9) =>
  (typeof value === 'number' ? value.toFixed(2) : value).padStart(width)

interface Options {
  threads: number
  rounds: number
  block: number
  lowering: LoweringOptions
}

async function measure(name: string, options: Options, python: string) {
  const { graph, batch, classes } = settings[name]
  const network = described(graph(), batch, classes)
  const runners = [
    await openTemper(network, options.threads, options.lowering),
    await openTorch(network, options.threads, python),
  ]
  const first = [await runners[0].run(1), await runners[1].run(1)]
  const warm = [await runners[0].run(3), await runners[1].run(3)]
  const steps = Math.max(1, Math.round(options.block / Math.max(...warm.map(w => w.wall))))
  const blocks: [Block[], Block[]] = [[], []]
  for (let round = 0; round < options.rounds; round++)
    for (const side of round % 2 ? [1, 0] : [0, 1])
      blocks[side].push(await runners[side].run(steps))
  for (const runner of runners) await runner.close()
  const ratios = (key: 'wall' | 'cpu') => blocks[0].map((own, i) => own[key] / blocks[1][i][key])
  const least = (side: number) => Math.min(...blocks[side].map(b => b.cpu))
  const cells = [
    median(blocks[0].map(b => b.wall)),
    median(blocks[1].map(b => b.wall)),
    median(ratios('wall')),
    median(ratios('cpu')),
    least(0) / least(1),
  ]
  const losses = `${first[0].loss.toFixed(5)}/${first[1].loss.toFixed(5)} ... ${blocks[0].at(-1)!.loss.toFixed(4)}/${blocks[1].at(-1)!.loss.toFixed(4)}`
  console.log(
    `${name.padEnd(13)}${column(`${batch}`, 5)}${cells.map(c => column(c)).join('')}   ${losses}`,
  )
}

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      networks: { type: 'string', default: Object.keys(settings).join(',') },
      threads: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '9' },
      block: { type: 'string', default: '400' },
      engine: { type: 'string', default: 'portable' },
      python: { type: 'string', default: 'python3' },
    },
  })
  const { threads, rounds, block } = values
  console.log(
    `${values.engine}, ${threads} thread(s), load ${loadavg()[0].toFixed(1)} from others included`,
  )
  const heads = ['temper', 'torch', 'wall', 'cpu', 'cpu min']
  console.log(`${''.padEnd(13)}${column('batch', 5)}${heads.map(h => column(h)).join('')}   losses`)
  const size = values.engine === 'portable' ? undefined : await probeBlock()
  const lowering: LoweringOptions = size ? { column: 'blocked', block: size } : {}
  const options = {
    threads: Number(threads),
    rounds: Number(rounds),
    block: Number(block),
    lowering,
  }
  for (const name of values.networks.split(',')) await measure(name, options, values.python)
}
