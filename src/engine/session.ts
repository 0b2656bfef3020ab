import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node'
import { type DataType, expected, InternalError, ModelError, type Tensor } from '../base/index.js'
import type { ValueInfo } from '../onnx/index.js'
import { loadFailure, runFailure } from './failure.js'
import { giveBack } from './give-back.js'
import {
  checkDevice,
  checkThreads,
  type Device,
  loadRuntime,
  type Runtime,
  threadsAvailable,
  unavailable,
} from './runtime.js'
import { checkFits, fromRuntime, toRuntime } from './tensors.js'

export interface SessionOptions {
  /** Threads within one operator. Default: all processors. */
  threads?: number
  /** Default `cpu`. A device that is not there is an error, never a silent change. */
  device?: Device
  /** Idle threads spin instead of sleeping: the same speed when alone, far slower when not. */
  spinning?: boolean
}

/**
 * A model ready to run, in this process. `createSession` and `run` block the event loop for their
 * whole length, and a hostile model can end the process: call them in a supervised child.
 */
export interface Session {
  readonly device: Device
  readonly threads: number
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /**
   * Runs the model once. Feeds are read where they lie (a view on plain WebAssembly memory too).
   * Without `fetches` every output is computed and allocated; with it only the named ones, a tensor
   * being written in place and `null` asking for a fresh one.
   * Throws ModelError where a feed does not fit or the model fails.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: Readonly<Record<string, Tensor | null>>,
  ): Promise<Record<string, Tensor>>
  /** Frees the model; a second call does nothing. */
  close(): Promise<void>
}

/** Loads an ONNX file's bytes; throws ModelError where the runtime refuses them. */
export async function createSession(
  bytes: Uint8Array,
  { threads = threadsAvailable(), device = 'cpu', spinning = false }: SessionOptions = {},
): Promise<Session> {
  checkDevice(device)
  checkThreads(threads)
  if (bytes.length === 0) throw new ModelError(expected('model', 'an ONNX file', 'no bytes at all'))
  const runtime = await loadRuntime()
  const options: InferenceSession.SessionOptions = {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' } } },
  }
  const native = await open(runtime, bytes, options, device)
  return new NativeSession(runtime, native, device, threads)
}

async function open(
  runtime: Runtime,
  bytes: Uint8Array,
  options: InferenceSession.SessionOptions,
  device: Device,
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(bytes, options)
  } catch (error) {
    if (device !== 'cpu' && isDeviceFault(error)) throw await unavailable(device, error)
    throw loadFailure(error)
  }
}

/** Whether a message is about the device and not about the model. */
function isDeviceFault(error: unknown): boolean {
  return /provider|adapter|backend|webgpu|cuda|shared library/i.test(String(error))
}

class NativeSession implements Session {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  private closed = false

  constructor(
    private readonly runtime: Runtime,
    private readonly native: InferenceSession,
    readonly device: Device,
    readonly threads: number,
  ) {
    this.inputs = native.inputMetadata.map(describe)
    this.outputs = native.outputMetadata.map(describe)
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<string, Tensor | null>> = {},
  ): Promise<Record<string, Tensor>> {
    if (this.closed) throw new InternalError('a session was run after it was closed')
    const fed = this.bindFeeds(feeds)
    const wanted = this.bindFetches(fetches)
    const made = await this.native.run(fed, wanted).catch((error: unknown) => {
      throw runFailure(error)
    })
    giveBack(copiesOf(fetches, made as Record<string, RuntimeTensor>))
    return Object.fromEntries(
      Object.keys(wanted).map(name => [
        name,
        own(fetches, name) ?? fromRuntime(name, made[name] as RuntimeTensor),
      ]),
    )
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.native.release()
  }

  private bindFeeds(feeds: Readonly<Record<string, Tensor>>): Record<string, RuntimeTensor> {
    const unknown = Object.keys(feeds).find(name => !this.inputs.some(i => i.name === name))
    if (unknown !== undefined)
      throw new ModelError(expected('feeds', `inputs among ${names(this.inputs)}`, unknown))
    const bound: Record<string, RuntimeTensor> = {}
    for (const input of this.inputs) {
      const value = own(feeds, input.name)
      if (!value)
        throw new ModelError(
          `input "${input.name}": nothing was fed. The model takes ${names(this.inputs)}.`,
        )
      checkFits('input', input, value)
      bound[input.name] = toRuntime(this.runtime, input.name, value)
    }
    return bound
  }

  private bindFetches(
    fetches: Readonly<Record<string, Tensor | null>>,
  ): Record<string, RuntimeTensor | null> {
    const asked = Object.keys(fetches)
    const bound: Record<string, RuntimeTensor | null> = {}
    for (const name of asked.length ? asked : this.outputs.map(output => output.name)) {
      const output = this.outputs.find(o => o.name === name)
      if (!output)
        throw new ModelError(expected('fetches', `outputs among ${names(this.outputs)}`, name))
      const into = own(fetches, name) ?? null
      if (into) checkFits('output', output, into)
      bound[name] = into && toRuntime(this.runtime, name, into)
    }
    return bound
  }
}

/** The runtime hands out a copy of every output that it has written in place. */
function copiesOf(
  fetches: Readonly<Record<string, Tensor | null>>,
  made: Readonly<Record<string, RuntimeTensor>>,
): ArrayBuffer[] {
  const written = Object.entries(fetches).filter(([, into]) => into && into.dtype !== 'string')
  return written.flatMap(([name, into]) => {
    const { buffer } = made[name].data as ArrayBufferView<ArrayBuffer>
    return buffer === (into!.data as ArrayBufferView).buffer ? [] : [buffer]
  })
}

/** What the runtime says of one input or output, in the graph's own words. */
function describe(metadata: InferenceSession.ValueMetadata): ValueInfo {
  if (!metadata.isTensor) return { name: metadata.name }
  return {
    name: metadata.name,
    dtype: metadata.type as DataType,
    shape: [...metadata.shape],
  }
}

/** A model may name its values `constructor`: only what the caller put there counts. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function names(values: readonly ValueInfo[]): string {
  return values.map(value => `"${value.name}"`).join(', ') || 'none'
}
