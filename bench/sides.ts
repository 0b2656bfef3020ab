import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { type TrainingGraph, trainingGraph } from '../src/autodiff/index.js'
import { float32Tensor, type Tensor } from '../src/base/index.js'
import { createSession, type Session } from '../src/engine/index.js'
import { openKernels } from '../src/kernels/index.js'
import { type LoweringOptions, lower, runtimeDomains } from '../src/lowering/index.js'
import { type NetworkKind, newNetwork } from '../src/networks/index.js'
import { CANONICAL_OPSET, foldConstants, writeModel } from '../src/onnx/index.js'
import { type Described, graphOf, numbers, parameter } from '../test/networks/described.js'
import { recurrent } from '../test/networks/made.js'

/** The two sides of a comparison: Temper in this process, PyTorch in a child, on the same network. */

export interface Setting {
  graph: () => ReturnType<typeof newNetwork>['graph']
  batch: number
  classes: number
}

const fresh = (kind: NetworkKind, batch: number, input: number[], classes: number): Setting => ({
  graph: () => foldConstants(newNetwork(kind, { input, classes, seed: 0 }).graph),
  batch,
  classes,
})

export const settings: Record<string, Setting> = {
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
export interface Block {
  wall: number
  cpu: number
  loss: number
}

export interface Runner {
  /** Gradients of the loss at the weights there are now, by name. */
  gradients(): Promise<Map<string, Float32Array>>
  run(steps: number): Promise<Block>
  /** MiB at most, and before the network was there; where the side is a process of its own. */
  peak?(): Promise<{ peak: number; before: number }>
  close(): Promise<void>
}

const isStatistic = (name: string) => /\.(mean|variance)$/.test(name)

export async function openTemper(
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
    async gradients() {
      await session.run(feeds, fetches)
      return new Map(
        [...training.gradients].map(([name, gradient]) => [
          name,
          (fetches[gradient].data as Float32Array).slice(),
        ]),
      )
    },
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

export async function openTorch(
  network: Described,
  threads: number,
  python: string,
): Promise<Runner> {
  const script = resolve(import.meta.dirname, 'step-torch.py')
  const folder = mkdtempSync(join(tmpdir(), 'temper-bench-'))
  // `torch.set_num_threads` does not reach OpenBLAS, whose own pool would use every core.
  const env = { ...process.env, OMP_NUM_THREADS: `${threads}`, OPENBLAS_NUM_THREADS: `${threads}` }
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'], env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => JSON.parse((await lines.next()).value as string)
  child.stdin.write(`${JSON.stringify({ network, threads, folder })}\n`)
  await answer()
  return {
    async gradients() {
      child.stdin.write('gradients\n')
      const { names } = await answer()
      const floats = (i: number) => {
        const bytes = readFileSync(join(folder, `${i}.bin`))
        return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).slice()
      }
      return new Map((names as string[]).map((name, i) => [name, floats(i)]))
    },
    async peak() {
      child.stdin.write('memory\n')
      return answer()
    },
    async run(steps) {
      child.stdin.write(`${steps}\n`)
      return answer()
    },
    async close() {
      child.stdin.end()
      await once(child, 'exit')
      rmSync(folder, { recursive: true })
    },
  }
}
