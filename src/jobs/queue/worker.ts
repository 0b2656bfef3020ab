import { randomBytes } from 'node:crypto'
import type { Job, Worker } from 'bullmq'
import { DataError, TemperError, UsageError } from '../../base/index.js'
import { temperVersion } from '../../record/index.js'
import { DepotClient } from './depot-client.js'
import {
  type Answer,
  type DataNeed,
  longestOrder,
  type Manifest,
  manifestSchema,
  orderSchema,
  type SentOrder,
} from './messages.js'
import { jobIdOf, manifestNameOf, queueNameOf } from './names.js'
import { checkRedis, connectionOf, queueLibraries } from './redis.js'
import { checkKey, unseal } from './seal.js'
import { ArtefactStore } from './store.js'

/** What an act is given besides its payload. */
export interface RemoteContext {
  /** Brings an artefact here; its path. */
  artefact(sha256: string): Promise<string>
  /** Sends a file to the coordinator; its hash. */
  keep(path: string): Promise<string>
  /** The DATA with a content hash; throws DataError where it is not here. */
  data(sha256: string): string
  readonly signal: AbortSignal
  readonly deadlineMs?: number
}

/** An act that may be ordered from far: its payload's schema, and the doing. */
export interface RemoteAct {
  readonly payload: { safeParse(value: unknown): { success: boolean; data?: unknown } }
  run(payload: unknown, context: RemoteContext): Promise<unknown>
}

export interface WorkerOptions {
  redis: string
  key: string
  acts: Readonly<Record<string, RemoteAct>>
  /** Folder for artefacts. */
  store: string
  /** Orders done at once; default 1. */
  slots?: number
  /** Which DATA here is what a study needs: its name or path by content hash. */
  find(needs: readonly DataNeed[]): Promise<ReadonlyMap<string, string>>
  onNote?: (text: string) => void
  /** Aborting it ends the worker; what it was doing is given back. */
  signal?: AbortSignal
}

export interface WorkerSummary {
  readonly done: number
  readonly refused: number
}

const beatMs = 2000
const lookMs = 1000

/** Does orders until aborted. Throws where Redis cannot be reached or a study does not fit. */
export async function work(options: WorkerOptions): Promise<WorkerSummary> {
  checkKey(options.key)
  await checkRedis(options.redis)
  const worker = new QueueWorker(options)
  try {
    await worker.serve()
    return { done: worker.done, refused: worker.refused }
  } finally {
    await worker.close()
  }
}

class QueueWorker {
  done = 0
  refused = 0
  private readonly name = `worker-${randomBytes(6).toString('hex')}`
  private readonly store: ArtefactStore
  private readonly depot: DepotClient
  private readonly held = new Map<string, { order: SentOrder; abort: AbortController }>()
  private readonly slots: number
  private data: ReadonlyMap<string, string> = new Map()
  private manifest: Manifest | undefined
  private taker: Worker | undefined

  constructor(private readonly options: WorkerOptions) {
    this.slots = options.slots ?? 1
    this.store = new ArtefactStore(options.store)
    this.depot = new DepotClient(options.key, '')
  }

  /** Looks for a study, joins it, beats while it lasts; again when another comes. */
  async serve(): Promise<void> {
    const { Redis } = await queueLibraries()
    const { redis, signal, onNote } = this.options
    const client = new Redis({ ...(connectionOf(redis) as object), maxRetriesPerRequest: 1 })
    client.on('error', () => {})
    try {
      onNote?.('waiting for a study')
      for (let look = 0; !signal?.aborted; look++) {
        const text = await client.get(manifestNameOf(this.options.key)).catch(() => undefined)
        if (text) await this.join(text)
        if (this.manifest && look % Math.round(beatMs / lookMs) === 0) await this.beat()
        await pause(lookMs, signal)
      }
    } finally {
      client.disconnect()
    }
  }

  async close(): Promise<void> {
    for (const { abort } of this.held.values()) abort.abort()
    const returned = [...this.held.values()].map(({ order: { id, attempt } }) => ({ id, attempt }))
    if (this.manifest) {
      const beat = { worker: this.name, slots: 0, held: [], returned }
      await this.depot.beat(beat).catch(() => {})
    }
    await this.taker?.close(true)
  }

  /** Checks what the study needs before an order is taken; throws where it is not here. */
  private async join(text: string): Promise<void> {
    const manifest = this.manifestOf(text)
    if (!manifest) return
    this.depot.url = manifest.depot
    if (manifest.study === this.manifest?.study) return
    if (manifest.version !== temperVersion)
      throw new UsageError(
        `worker: the study is of Temper ${manifest.version}, this is ${temperVersion}. Install the same version on both machines.`,
      )
    this.data = await this.options.find(manifest.data)
    const missing = manifest.data.find(({ sha256 }) => !this.data.has(sha256))
    if (missing)
      throw new DataError(
        `worker: the study needs the data ${missing.name} with content hash ${missing.sha256.slice(0, 16)}..., which is not here. Give it with --data, unchanged.`,
      )
    this.manifest = manifest
    this.options.onNote?.(`joined the study ${manifest.study}`)
    this.taker ??= await this.take()
    await this.beat()
  }

  private manifestOf(text: string): Manifest | undefined {
    try {
      const sealed = unseal(this.options.key, 'manifest', JSON.parse(text))
      return manifestSchema.safeParse(sealed).data
    } catch {
      return undefined
    }
  }

  private async take(): Promise<Worker> {
    const { Worker, UnrecoverableError } = await queueLibraries()
    const { redis, key } = this.options
    const taker = new Worker(
      queueNameOf(key),
      async job => {
        const order = this.orderOf(job)
        if (!order) throw new UnrecoverableError('refused')
        await this.carryOut(order)
      },
      {
        connection: connectionOf(redis),
        concurrency: this.slots,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
        drainDelay: 2,
        // An order taken by a worker that is gone waits again soon; who holds it is known elsewhere.
        lockDuration: 15_000,
        stalledInterval: 10_000,
        maxStalledCount: 100,
      },
    )
    taker.on('error', () => {})
    return taker
  }

  /** The order a job holds; nothing, and one more refused, where anything about it is off. */
  private orderOf(job: Job): SentOrder | undefined {
    const order = openOrder(job, this.options.key)
    const act = order && this.options.acts[order.act]
    const fits =
      act?.payload.safeParse(order?.payload).success && order?.study === this.manifest?.study
    if (fits) return order
    this.refused++
    return undefined
  }

  private async carryOut(order: SentOrder): Promise<void> {
    const { id, attempt } = order
    const mark = { id, attempt, worker: this.name }
    if (!(await this.depot.claim(mark))) {
      this.refused++
      return
    }
    const abort = new AbortController()
    this.held.set(id, { order, abort })
    try {
      const outcome = await this.outcomeOf(order, abort.signal)
      if (abort.signal.aborted) return
      if (await this.deliver({ ...mark, outcome }, abort.signal)) this.done++
    } finally {
      this.held.delete(id)
    }
  }

  private async outcomeOf(order: SentOrder, signal: AbortSignal): Promise<Answer['outcome']> {
    const act = this.options.acts[order.act]
    const { deadlineMs } = order
    try {
      const result = await act.run(order.payload, { ...this.context(), signal, deadlineMs })
      return { result: (result ?? null) as never }
    } catch (error) {
      const { name, message } = error as Error
      const exitCode = error instanceof TemperError ? error.exitCode : 1
      return { error: { name, message: message.slice(0, 5000), exitCode } }
    }
  }

  private context(): Pick<RemoteContext, 'artefact' | 'keep' | 'data'> {
    return {
      artefact: sha256 => this.depot.fetch(sha256, this.store),
      keep: async path => {
        const sha256 = await this.store.keep(path)
        await this.depot.keep(sha256, this.store.pathOf(sha256))
        return sha256
      },
      data: sha256 => {
        const spec = this.data.get(sha256)
        if (spec === undefined) throw new DataError(`data: nothing here has the hash ${sha256}.`)
        return spec
      },
    }
  }

  /** Hands the answer over, waiting for a coordinator that is away. */
  private async deliver(answer: Answer, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      try {
        return await this.depot.answer(answer)
      } catch {
        if (signal.aborted || this.options.signal?.aborted) return false
        await pause(beatMs, signal)
      }
    }
  }

  private async beat(): Promise<void> {
    const held = [...this.held.values()].map(({ order: { id, attempt } }) => ({ id, attempt }))
    const beat = { worker: this.name, slots: this.slots, held, returned: [] }
    const unwanted = await this.depot.beat(beat).catch(() => [])
    for (const id of unwanted) this.held.get(id)?.abort.abort()
  }
}

/** The order that a job holds, where its seal, its form and its name are right. */
export function openOrder(job: Pick<Job, 'id' | 'data'>, key: string): SentOrder | undefined {
  const { body } = (job.data ?? {}) as { body?: unknown }
  if (typeof body !== 'string' || body.length > longestOrder) return undefined
  const { success, data } = orderSchema.safeParse(unseal(key, 'order', job.data))
  return success && job.id === jobIdOf(data) && data.version === temperVersion ? data : undefined
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done)
  })
}
