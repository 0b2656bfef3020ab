import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { type Kernels, openKernels } from '../src/kernels/index.js'
import type { LoweringOptions } from '../src/lowering/index.js'
import { type OpenedModel, openModel, staticGraph } from '../src/model/index.js'
import { type NetworkKind, newNetwork } from '../src/networks/index.js'
import { CANONICAL_OPSET, foldConstants, writeModel } from '../src/onnx/index.js'
import { sessionsOf } from '../src/recipe/sessions.js'
import {
  allocateBuffers,
  type Buffers,
  bytesOfBuffers,
  type Layout,
  layoutOf,
  viewOf,
} from '../src/train/layout.js'
import type { StepInput } from '../src/train/step-session.js'
import { Stepper } from '../src/train/stepper.js'
import { type Described, graphOf, numbers } from '../test/networks/described.js'
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

/** What a side of Temper is made of. */
export interface TemperSettings {
  readonly threads: number
  readonly lowering: LoweringOptions
  /** Sessions that share the batch. Default: what a plan would choose. */
  readonly sessions?: number
}

const preprocess = { scale: 1, mean: [0], std: [1] }

export async function openTemper(
  network: Described,
  settings: TemperSettings,
): Promise<Runner & { readonly sessions: number }> {
  const sampleShape = network.input.slice(1)
  const opened = await openModel(bytesOf(network), { sample: sampleShape })
  const layout = layoutOf(opened.parameters, ({ role }) => role !== 'statistic')
  const sessions = settings.sessions ?? sessionsFor(network, opened, layout, settings.threads)
  const bytes = bytesOfBuffers(layout, { moments: 2, partial: sessions - 1 })
  const kernels = openKernels({ bytes: bytes + 2 ** 22 })
  const sizes = { moments: 2, partial: sessions - 1 }
  const buffers = allocateBuffers(kernels, layout, opened.parameters, sizes)
  const stepper = new Stepper(
    opened,
    buffers,
    {
      ...{ loss: 'cross-entropy', batchNormalization: 'batch', sampleShape, preprocess },
      ...{ lowering: settings.lowering, threads: settings.threads, sessions },
    },
    kernels,
  )
  const input = { ...batchOf(network), weights: buffers.parameters }
  return { ...runnerOf(stepper, input, buffers, kernels), sessions }
}

/** The network as a file, its batch free. */
function bytesOf(network: Described): Uint8Array {
  const graph = graphOf(network)
  for (const value of [...graph.inputs, ...graph.outputs])
    value.shape = ['batch', ...value.shape!.slice(1)]
  const producer = { name: '', version: '' }
  const opsets = new Map([['', CANONICAL_OPSET]])
  return writeModel({ irVersion: 10, opsets, producer, metadata: new Map<string, string>(), graph })
}

/** As a plan chooses: statistics of a batch need all its rows. */
function sessionsFor({ input }: Described, opened: OpenedModel, layout: Layout, threads: number) {
  if (opened.parameters.some(({ role }) => role === 'statistic')) return 1
  const graph = staticGraph(opened, 1, { sampleShape: input.slice(1), preprocess })
  return sessionsOf({ threads, rows: input[0], trained: layout.trainedLength, graph })
}

/** Steps of Adam with the loop's own parts: sessions, flat buffers, kernels. */
function runnerOf(
  stepper: Stepper,
  input: StepInput,
  { layout, parameters, gradients, moments: [means, squares] }: Buffers,
  kernels: Kernels,
): Runner {
  const trained = parameters.subarray(0, layout.trainedLength)
  const state = { parameters: trained, gradients, means, squares }
  let step = 0
  return {
    async gradients() {
      await stepper.run({ ...input, isTrial: true })
      const slots = layout.slots.filter(slot => slot.trained)
      return new Map(slots.map(slot => [slot.name, viewOf(gradients, slot).slice()]))
    },
    async run(steps) {
      const [clock, cpu] = [performance.now(), process.cpuUsage()]
      let loss = 0
      for (let i = 0; i < steps; i++) {
        loss = await stepper.run(input)
        step++
        kernels.adam(state, { step, learningRate: 1e-3 })
      }
      const used = process.cpuUsage(cpu)
      return {
        wall: (performance.now() - clock) / steps,
        cpu: (used.user + used.system) / 1e3 / steps,
        loss,
      }
    },
    close: () => stepper.close(),
  }
}

/** Labels of the batch, `[batch, classes]`, one-hot. */
export function labelsOf({ input, classes }: Pick<Described, 'input' | 'classes'>): Float32Array {
  const targets = new Float32Array(input[0] * classes)
  for (const [n, u] of numbers('labels 0', input[0]).entries())
    targets[n * classes + Math.floor(((u + 1) / 2) * classes)] = 1
  return targets
}

function batchOf(described: Described): Omit<StepInput, 'weights'> {
  const { input } = described
  const [rows] = input
  const targets = labelsOf(described)
  const samples = numbers(
    'input 0',
    input.reduce((a, b) => a * b, 1),
  )
  return { rows, samples, targets, sampleWeights: new Float32Array(rows).fill(1) }
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
