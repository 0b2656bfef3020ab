/** Noisy batches made in worker threads while the session keeps this thread busy. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { InternalError } from '../../base/index.js'
import type { NoiseJob } from './noise-batch.js'
import type { Ask, Ready, Told } from './worker.js'

const entry = new URL('./worker.js', import.meta.url)
/** A checkout that runs its TypeScript directly has no such file: noise is made on its own thread. */
export const canStart = existsSync(fileURLToPath(entry)) && availableParallelism() > 1

const most = 8

interface Pending {
  resolve(notes: readonly string[]): void
  reject(error: unknown): void
}

export class NoisePool {
  private readonly workers: readonly Worker[]
  private readonly pending = new Map<number, Pending>()
  private readonly ready = new Set<Worker>()
  private asked = 0

  /** Every worker is told of all jobs once; `make` names them by number. */
  constructor(jobs: readonly NoiseJob[]) {
    const count = Math.max(1, Math.min(most, availableParallelism() - 1))
    this.workers = Array.from({ length: count }, () => new Worker(entry))
    for (const worker of this.workers) {
      worker.on('message', (told: Told | Ready) => {
        if ('ready' in told) this.ready.add(worker)
        else this.settle(told)
      })
      worker.on('error', error => this.fail(`a noise worker failed: ${error.message}`))
      worker.on('exit', () => this.fail('a noise worker ended'))
      worker.postMessage({ jobs })
    }
  }

  /** Loading takes a while; nobody should wait for it. */
  get isReady(): boolean {
    return this.ready.size === this.workers.length
  }

  /** Batches worth asking for ahead: each worker has one to go on with. */
  get ahead(): number {
    return 2 * this.workers.length
  }

  /** Resolves when `out` is filled, with why samples stayed as they were; all arrays stand in shared memory. */
  make(
    job: number,
    x: Float32Array,
    ids: Float64Array,
    out: Float32Array,
  ): Promise<readonly string[]> {
    const id = this.asked++
    const worker = this.workers[id % this.workers.length]
    const done = new Promise<readonly string[]>((resolve, reject) =>
      this.pending.set(id, { resolve, reject }),
    )
    worker.postMessage({ id, job, x, ids, out } satisfies Ask)
    return done
  }

  /** A thread ended while it loads would leave its files open: such a one ends once it has loaded. */
  async close(): Promise<void> {
    this.pending.clear()
    for (const worker of this.workers)
      if (!this.ready.has(worker)) worker.once('message', () => worker.terminate()).unref()
    await Promise.all([...this.ready].map(worker => worker.terminate()))
  }

  private settle({ id, notes, error }: Told): void {
    const asked = this.pending.get(id)
    this.pending.delete(id)
    if (error === undefined) asked?.resolve(notes)
    else asked?.reject(error)
  }

  private fail(reason: string): void {
    for (const { reject } of this.pending.values()) reject(new InternalError(reason))
    this.pending.clear()
  }
}
