import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expected, InternalError, ModelError, sizeOf, type Tensor } from '../base/index.js'
import type { ValueInfo } from '../onnx/index.js'
import { createSession, type Session } from './session.js'
import { checkFits } from './tensors.js'
import type { Answer, Ask, Bound, Shared } from './thread-worker.js'

const entry = new URL('./thread-worker.js', import.meta.url)
/** A checkout that runs its TypeScript directly has no such file: its sessions stay on the caller's thread. */
const canStart = existsSync(fileURLToPath(entry))

/**
 * A thread with sessions of one thread each, which run while the caller's own thread is busy. Their
 * values cross by shared memory, so every shape must be fixed and every value float32.
 */
export interface SessionThread {
  /** Throws ModelError where the runtime refuses the model, InternalError where its values cannot cross. */
  createSession(bytes: Uint8Array): Promise<Session>
  /** Ends the thread and frees its sessions. */
  close(): Promise<void>
}

export function openThread(): SessionThread {
  return canStart ? new WorkerThread() : new SameThread()
}

class SameThread implements SessionThread {
  private readonly sessions: Session[] = []

  async createSession(bytes: Uint8Array): Promise<Session> {
    const session = await createSession(bytes, { threads: 1 })
    this.sessions.push(session)
    return session
  }

  async close(): Promise<void> {
    for (const session of this.sessions.splice(0)) await session.close()
  }
}

interface Pending {
  resolve(answer: Answer): void
  reject(error: Error): void
}

class WorkerThread implements SessionThread {
  private readonly worker = new Worker(entry)
  private readonly pending = new Map<number, Pending>()
  private asked = 0
  private lost?: InternalError

  constructor() {
    this.worker.on('message', (answer: Answer) => this.settle(answer))
    this.worker.on('error', error => this.fail(`a session's thread failed: ${error.message}`))
    this.worker.on('exit', () => this.fail("a session's thread ended"))
    this.worker.unref()
  }

  async createSession(bytes: Uint8Array): Promise<Session> {
    const { session, inputs, outputs } = await this.ask({ open: bytes })
    const shared = { inputs: share(inputs!), outputs: share(outputs!) }
    await this.ask({ session: session!, bind: shared })
    return new DistantSession(inputs!, outputs!, shared, ask =>
      this.ask({ ...ask, session: session! }),
    )
  }

  async close(): Promise<void> {
    if (!this.lost) await this.ask({ end: true })
    this.lost ??= new InternalError("a session's thread was closed")
    this.worker.removeAllListeners()
    await this.worker.terminate()
  }

  /** The process stays alive while an answer is awaited, and not for an idle thread. */
  private ask(ask: Ask): Promise<Answer> {
    if (this.lost) return Promise.reject(this.lost)
    return new Promise((resolve, reject) => {
      const id = this.asked++
      this.pending.set(id, { resolve, reject })
      this.worker.ref()
      this.worker.postMessage({ id, ask })
    })
  }

  private settle(answer: Answer): void {
    const { resolve, reject } = this.pending.get(answer.id)!
    this.pending.delete(answer.id)
    if (!this.pending.size) this.worker.unref()
    if (answer.failure) reject(new ModelError(answer.failure.message, answer.failure.fields))
    else resolve(answer)
  }

  private fail(reason: string): void {
    this.lost ??= new InternalError(reason)
    for (const { reject } of this.pending.values()) reject(this.lost)
    this.pending.clear()
  }
}

function share(values: readonly ValueInfo[]): Shared {
  const entries = values.map(({ name, dtype, shape }) => {
    if (dtype !== 'float32' || !shape?.every(size => typeof size === 'number'))
      throw new InternalError(
        `the value ${name} (${dtype} [${shape}]) cannot cross to another thread: it must be float32 of fixed shape`,
      )
    const bytes = Float32Array.BYTES_PER_ELEMENT * sizeOf(shape)
    return [name, new Float32Array(new SharedArrayBuffer(bytes))]
  })
  return Object.fromEntries(entries)
}

/** The near end of a session in another thread. */
class DistantSession implements Session {
  readonly device = 'cpu'
  readonly threads = 1
  private closed = false

  constructor(
    readonly inputs: readonly ValueInfo[],
    readonly outputs: readonly ValueInfo[],
    private readonly shared: Bound,
    private readonly ask: (ask: { run: string[] } | { close: true }) => Promise<Answer>,
  ) {}

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<string, Tensor | null>> = {},
  ): Promise<Record<string, Tensor>> {
    if (this.closed) throw new InternalError('a session was run after it was closed')
    for (const input of this.inputs) this.send(input, feeds)
    const asked = Object.keys(fetches)
    const wanted = asked.length ? asked : this.outputs.map(({ name }) => name)
    await this.ask({ run: wanted })
    return Object.fromEntries(wanted.map(name => [name, this.receive(name, fetches[name])]))
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.ask({ close: true })
  }

  private send(input: ValueInfo, feeds: Readonly<Record<string, Tensor>>): void {
    if (!Object.hasOwn(feeds, input.name))
      throw new ModelError(`input "${input.name}": nothing was fed.`)
    const value = feeds[input.name]
    checkFits('input', input, value)
    this.shared.inputs[input.name].set(value.data as Float32Array)
  }

  private receive(name: string, into: Tensor | null | undefined): Tensor {
    const output = this.outputs.find(o => o.name === name)
    if (!output) throw new ModelError(expected('fetches', 'an output', name))
    const shape = output.shape as readonly number[]
    const tensor = into ?? { dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)) }
    checkFits('output', output, tensor)
    ;(tensor.data as Float32Array).set(this.shared.outputs[name])
    return tensor
  }
}
