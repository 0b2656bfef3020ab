import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { ResumableError } from '../../base/index.js'
import { temperVersion } from '../../record/index.js'
import { Depot } from './depot.js'
import { Ledger } from './ledger.js'
import { longestOrder, type Manifest, type SentOrder } from './messages.js'
import { jobIdOf, manifestNameOf, queueNameOf } from './names.js'
import { checkRedis, connectionOf, queueLibraries, withoutPassword } from './redis.js'
import { seal } from './seal.js'
import { ArtefactStore } from './store.js'

export interface QueueOptions {
  /** `redis://host:port`. */
  redis: string
  /** The study key: whoever has it may give orders and answers. */
  key: string
  /** Names the study; orders of another are refused. */
  study: string
  /** Folder of artefacts. */
  store: string
  /** Where workers reach the coordinator; default `http://127.0.0.1:0`, this machine alone. */
  depot?: string
  /** What a worker must have. */
  data: Manifest['data']
  /** A sentence for the person watching. */
  onNote?: (text: string) => void
  /** Milliseconds without a sign of life after which a worker is given up; default 20,000. */
  stallMs?: number
}

export interface Order {
  /** The content hash of act and payload. */
  readonly id: string
  readonly act: string
  readonly payload: SentOrder['payload']
  readonly deadlineMs?: number
}

const tickMs = 500
/** How long a manifest is believed, in seconds: workers wait where it is gone. */
const manifestSeconds = 30
const tries = 4

/** A study key nobody can guess. */
export function newStudyKey(): string {
  return randomBytes(24).toString('base64url')
}

/**
 * Carries orders to workers on other machines. Redis only carries: what is out, who holds it and what
 * counts is known here, so a Redis that restarts or forgets everything costs time and nothing else.
 */
export class QueueCarrier {
  private readonly timer: NodeJS.Timeout
  private readonly sent = new Set<string>()
  private ticking = false
  private silent = false

  private constructor(
    private readonly options: QueueOptions,
    private readonly queue: Queue,
    private readonly redis: Redis,
    private readonly ledger: Ledger,
    private readonly depot: Depot,
    readonly artefacts: ArtefactStore,
  ) {
    this.timer = setInterval(() => void this.tick(), tickMs)
    for (const connection of [queue, redis]) connection.on('error', () => this.noteSilence())
  }

  /** Throws ResumableError within seconds where Redis or the depot's address cannot be had. */
  static async open(options: QueueOptions): Promise<QueueCarrier> {
    await checkRedis(options.redis)
    const { Queue, Redis } = await queueLibraries()
    const ledger = new Ledger({
      study: options.study,
      version: temperVersion,
      stallMs: options.stallMs ?? 20_000,
      tries,
      now: () => performance.now(),
    })
    const store = new ArtefactStore(options.store)
    const { key, depot: address = 'http://127.0.0.1:0' } = options
    const depot = await Depot.open({ key, ledger, store, address })
    const connection = { ...connectionOf(options.redis), maxRetriesPerRequest: 1 }
    const redis = new Redis(connection as object)
    const queue = new Queue(queueNameOf(key), {
      connection,
      defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    })
    return new QueueCarrier(options, queue, redis, ledger, depot, store)
  }

  /** Where workers reach this coordinator. */
  get address(): string {
    return this.depot.url
  }

  /** How much the workers that live can do at once. */
  get capacity(): number {
    return this.ledger.capacity()
  }

  /** Claims and answers that were turned away: duplicates, replays, workers thought dead. */
  get turnedAway(): number {
    return this.ledger.turnedAway
  }

  /** Has an order done by some worker; the first answer to its newest attempt counts. */
  async run(order: Order, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> {
    const withdraw = () => this.ledger.withdraw(order.id, new ResumableError('order: withdrawn.'))
    signal?.addEventListener('abort', withdraw, { once: true })
    try {
      const result = this.ledger.offer(order)
      void this.tick()
      return await result
    } finally {
      signal?.removeEventListener('abort', withdraw)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer)
    await this.depot.close()
    await Promise.race([
      this.redis.del(manifestNameOf(this.options.key)).catch(() => {}),
      soon(1000),
    ])
    this.redis.disconnect()
    await Promise.race([this.queue.close(), soon(2000)])
  }

  /** Renews what the study asks for, gives up silent workers, and sends what nobody holds. */
  private async tick(): Promise<void> {
    if (this.ticking) return
    this.ticking = true
    try {
      this.ledger.giveUpSilent()
      await this.showManifest()
      for (const order of this.ledger.unheld()) await this.send(order)
      if (this.silent) this.options.onNote?.('Redis answers again')
      this.silent = false
    } catch {
      this.noteSilence()
    } finally {
      this.ticking = false
    }
  }

  private async showManifest(): Promise<void> {
    const { key, study, data } = this.options
    const manifest: Manifest = { study, version: temperVersion, depot: this.depot.url, data }
    const text = JSON.stringify(seal(key, 'manifest', manifest))
    await this.redis.set(manifestNameOf(key), text, 'EX', manifestSeconds)
  }

  /** Puts an order into the queue, unless it waits there. */
  private async send(order: SentOrder): Promise<void> {
    const jobId = jobIdOf(order)
    if (this.sent.has(jobId)) {
      const state = await this.queue.getJobState(jobId)
      if (state !== 'unknown' && state !== 'completed' && state !== 'failed') return
      await this.queue.remove(jobId)
    }
    this.sent.add(jobId)
    const sealed = seal(this.options.key, 'order', order)
    await this.queue.add('order', sealed, { jobId, sizeLimit: 2 * longestOrder })
  }

  private noteSilence(): void {
    if (this.silent) return
    this.silent = true
    const { redis, onNote } = this.options
    onNote?.(`Redis at ${withoutPassword(redis)} does not answer; nothing is lost, waiting for it`)
  }
}

const soon = (ms: number) => sleep(ms, undefined, { ref: false })
