import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { InternalError, ModelError, type TemperError, type Tensor } from '../base/index.js'
import type { ValueInfo } from '../onnx/index.js'
import { createSession, type Session } from './session.js'
import type { Answer, Ask, Call, Failure } from './thread-worker.js'

const entry = new URL('./thread-worker.js', import.meta.url)
/** A checkout that runs its TypeScript directly has no such file: its sessions stay on the caller's thread. */
export const canStart = existsSync(fileURLToPath(entry))

/**
 * A thread with sessions of its own, which run while the caller's thread is busy. What a session is
 * fed is copied before `run` returns its promise; several runs may be under way.
 */
export interface SessionThread {
  /** `threads` (default 1) within each operator. Throws ModelError where the runtime refuses the model. */
  createSession(bytes: Uint8Array, threads?: number): Promise<Session>
  /** Ends the thread and frees its sessions. */
  close(): Promise<void>
}

export function openThread(): SessionThread {
  return canStart ? new WorkerThread() : new SameThread()
}

class SameThread implements SessionThread {
  private readonly sessions: Session[] = []

  async createSession(bytes: Uint8Array, threads = 1): Promise<Session> {
    const session = await createSession(bytes, { threads })
    this.sessions.push(session)
    return session
  }

  async close(): Promise<void> {
    for (const session of this.sessions.splice(0)) await session.close()
  }
}

interface Pending {
  resolve(answer: Answer): void
  reject(error: TemperError): void
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

  async createSession(bytes: Uint8Array, threads = 1): Promise<Session> {
    const { session, inputs, outputs } = await this.ask({ open: bytes, threads })
    const place = { session: session! }
    return new DistantSession(inputs!, outputs!, threads, {
      run: call => this.ask({ ...place, run: call }),
      close: () => this.ask({ ...place, close: true }),
    })
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
      this.worker.postMessage({ id, ask }, 'run' in ask ? [ask.run.buffer] : [])
    })
  }

  private settle(answer: Answer): void {
    const { resolve, reject } = this.pending.get(answer.id)!
    this.pending.delete(answer.id)
    if (!this.pending.size) this.worker.unref()
    if (answer.failure) reject(errorOf(answer.failure))
    else resolve(answer)
  }

  private fail(reason: string): void {
    this.lost ??= new InternalError(reason)
    for (const { reject } of this.pending.values()) reject(this.lost)
    this.pending.clear()
  }
}

/** The error again, as far as its class says something here. */
function errorOf({ name, message, fields }: Failure): TemperError {
  if (name === 'ModelError') return new ModelError(message, fields)
  return new InternalError(message.replace(/^internal: /, ''), fields)
}

/** The near end of a session in another thread. */
class DistantSession implements Session {
  readonly device = 'cpu'
  private readonly free: ArrayBuffer[] = []
  private closed = false

  constructor(
    readonly inputs: readonly ValueInfo[],
    readonly outputs: readonly ValueInfo[],
    readonly threads: number,
    private readonly far: { run(call: Call): Promise<Answer>; close(): Promise<Answer> },
  ) {}

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<string, Tensor | null>> = {},
  ): Promise<Record<string, Tensor>> {
    if (this.closed) throw new InternalError('a session was run after it was closed')
    const { buffer, made } = await this.far.run(this.callOf(feeds, fetches))
    const received = Object.entries(made!).map(([name, tensor]) => [
      name,
      copied(tensor, Object.hasOwn(fetches, name) ? fetches[name] : null),
    ])
    this.free.push(buffer!)
    return Object.fromEntries(received)
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.far.close()
  }

  /** The values laid out in one buffer, each at a multiple of 64 bytes; what is fed is copied there. */
  private callOf(feeds: Call['feeds'], fetches: Call['fetches']): Call {
    const given = [...Object.values(feeds), ...Object.values(fetches)]
    const buffer = this.room(given.reduce((bytes, tensor) => bytes + spaceOf(tensor), 0))
    let at = 0
    const place = (tensor: Tensor) => {
      const data = viewLike(tensor, buffer, at)
      at += spaceOf(tensor)
      return { ...tensor, data } as Tensor
    }
    const send = (tensor: Tensor) => copied(tensor, place(tensor))
    return {
      buffer,
      feeds: mapped(feeds, send),
      fetches: mapped(fetches, tensor => tensor && place(tensor)),
    }
  }

  private room(bytes: number): ArrayBuffer {
    const known = this.free.pop()
    return known && known.byteLength >= bytes ? known : new ArrayBuffer(bytes)
  }
}

function mapped<A, B>(record: Readonly<Record<string, A>>, to: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]))
}

/** Bytes of a buffer that a tensor takes, up to where the next may begin. */
function spaceOf(tensor: Tensor | null): number {
  if (!tensor) return 0
  if (tensor.dtype === 'string') throw new InternalError('strings cannot cross to another thread')
  return 64 * Math.ceil((tensor.data as ArrayBufferView).byteLength / 64)
}

/** As many elements of the same type. */
function viewLike({ data }: Tensor, buffer: ArrayBuffer, at: number) {
  const Elements = data.constructor as Float32ArrayConstructor
  return new Elements(buffer, at, data.length)
}

/** A tensor's elements in the memory given, or the tensor itself. */
function copied(tensor: Tensor, into: Tensor | null): Tensor {
  if (into) (into.data as Float32Array).set(tensor.data as Float32Array)
  return into ?? tensor
}
