import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { InternalError, sizeOf } from '../../base/index.js'
import { decodedShape } from '../codecs/decode.js'
import { type DecodeJob, decodeFiles, type Failures } from './decode-files.js'

const entry = new URL('./decode-worker.js', import.meta.url)
/** A checkout that runs its TypeScript directly has no such file: it decodes on its own thread. */
const canStart = existsSync(fileURLToPath(entry))

/** Files a worker is given at a time; fewer than this are not worth a worker. */
const FILES_A_JOB = 16
const MOST_THREADS = 8

interface Answer {
  id: number
  out: Float32Array
  failures: Failures
}

interface Pending {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** Decoding beside the main thread, which a running session keeps busy. */
class DecodePool {
  private readonly threads: DecodeThread[] = []

  constructor(private readonly most: number) {}

  /** Decodes into `out`, in the files' order whatever the order of work. */
  async decode(job: DecodeJob, out: Float32Array): Promise<Failures> {
    if (!canStart || job.files.length < FILES_A_JOB) return decodeFiles(job, out)
    const size = sizeOf(decodedShape(job.decoding))
    const starts = Array.from(
      { length: Math.ceil(job.files.length / FILES_A_JOB) },
      (_, n) => n * FILES_A_JOB,
    )
    const parts = await Promise.all(
      starts.map(async start => {
        const files = job.files.slice(start, start + FILES_A_JOB)
        const answer = await this.idlest().ask({ ...job, files })
        out.set(answer.out, start * size)
        return answer.failures
      }),
    )
    return parts.flat()
  }

  /** Workers that have been started. */
  get size(): number {
    return this.threads.length
  }

  private idlest(): DecodeThread {
    const living = this.threads.filter(thread => thread.lives)
    this.threads.splice(0, this.threads.length, ...living)
    const idlest = living.toSorted((a, b) => a.load - b.load)[0]
    if (idlest && (idlest.load === 0 || living.length >= this.most)) return idlest
    const thread = new DecodeThread()
    this.threads.push(thread)
    return thread
  }
}

class DecodeThread {
  lives = true
  private readonly worker = new Worker(entry)
  private readonly pending = new Map<number, Pending>()
  private next = 0

  constructor() {
    this.worker.on('message', (answer: Answer) => this.settle(answer))
    this.worker.on('error', error => this.end(`a decoder failed: ${error.message}`))
    this.worker.on('exit', () => this.end('a decoder ended'))
    this.worker.unref()
  }

  get load(): number {
    return this.pending.size
  }

  /** The process stays alive while an answer is awaited, and not for an idle worker. */
  ask(job: DecodeJob): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = this.next++
      this.pending.set(id, { resolve, reject })
      this.worker.ref()
      this.worker.postMessage({ id, job })
    })
  }

  private settle(answer: Answer): void {
    this.pending.get(answer.id)?.resolve(answer)
    this.pending.delete(answer.id)
    if (!this.pending.size) this.worker.unref()
  }

  private end(reason: string): void {
    this.lives = false
    for (const { reject } of this.pending.values()) reject(new InternalError(reason))
    this.pending.clear()
  }
}

/** The workers of this process, shared by all its data sets. */
export const decodePool = new DecodePool(
  Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1)),
)
