/** Where a pass takes its noisy samples from: kept ones, worker threads, or this thread. */
import { DataError, sizeOf } from '../../base/index.js'
import type { Batch, Dataset } from '../../data/index.js'
import { isAttack } from '../attack.js'
import type { Condition } from '../suites/suite.js'
import { type Kept, keeping } from './keeping.js'
import { jobOf, type NoiseJob, type Note, noiseBatch } from './noise-batch.js'
import { canStart, NoisePool } from './pool.js'
import { Rooms } from './room.js'

export interface NoisyOptions {
  readonly data: Dataset
  readonly conditions: readonly Condition[]
  readonly seed: number
  readonly batch: number
  readonly deviations?: Float32Array
  /** Whether corrupted samples are kept on disk for the next time, and taken from there. */
  readonly keep?: boolean
}

/** A condition's noise on inputs and which draw of it: one noisy batch for each batch of the data. */
interface Task {
  readonly condition: Condition
  readonly draw: number
  readonly job: NoiseJob
  readonly kept?: Kept
}

/** Noise that takes less than this share of a pass, or of what is left fewer seconds, is not worth a thread. */
const worthThreads = { share: 0.08, seconds: 1 }

/** Batch by batch, each condition's noisy samples in turn. */
export class NoisyBatches {
  /** Where a batch is to be laid, so that noise is made of it without a copy. */
  readonly room: Float32Array
  private readonly rooms: Rooms
  private readonly tasks: readonly Task[]
  private readonly out: Float32Array
  private readonly size: number
  private workshop: Workshop | undefined
  /** Their numbers in the workshop. */
  private jobs = new Map<Task, number>()
  /** Whether the workshop makes the present batch. */
  private isMadeThere = false
  private batch: Batch | undefined
  private noising = 0
  private started: number | undefined

  private constructor(
    private readonly options: NoisyOptions,
    tasks: readonly Task[],
  ) {
    const { data, batch } = options
    this.tasks = tasks
    this.size = sizeOf(data.shape)
    const floats = Math.min(batch, data.length) * this.size
    this.rooms = Rooms.take(floats)
    ;[this.room, this.out] = this.rooms.of(floats)
  }

  static async open(options: NoisyOptions): Promise<NoisyBatches> {
    const tasks = options.conditions
      .filter(condition => condition.at === 'input' && !isAttack(condition))
      .flatMap(condition =>
        Array.from({ length: condition.draws }, (_, draw) => ({
          ...{ condition, draw },
          job: jobOf(condition, draw, options),
        })),
      )
    return new NoisyBatches(options, options.keep ? await keeping(tasks, options) : tasks)
  }

  /** The batch that is asked about from now on, which lies in the room. */
  begin(batch: Batch): void {
    this.batch = batch
    if (this.isWorthThreads()) {
      const made = this.tasks.filter(task => !task.kept?.isThere && !task.condition.samples)
      this.workshop = new Workshop(
        made.map(({ job }) => job),
        this.out.length,
        this.out.length / this.size,
      )
      this.jobs = new Map(made.map((task, at) => [task, at]))
    }
    this.isMadeThere = this.workshop?.begin(batch, this.size) ?? false
  }

  /** After the first batch: whether making noise took long beside everything else. */
  private isWorthThreads(): boolean {
    if (this.workshop || !canStart || !this.batch) return false
    const now = performance.now()
    const elapsed = this.started === undefined ? 0 : now - this.started
    this.started ??= now
    const { position } = this.batch
    const left = Math.ceil(this.options.data.length / this.options.batch) - position
    const seconds = ((this.noising / position) * left) / 1000
    return this.noising > worthThreads.share * elapsed && seconds > worthThreads.seconds
  }

  /** The batch's samples under a condition; valid until the next are asked for. */
  async take(condition: Condition, draw: number, note: Note): Promise<Float32Array> {
    const { rows, ids, indices, position } = this.batch!
    const task = this.tasks.find(t => t.condition === condition && t.draw === draw)!
    const out = this.out.subarray(0, rows * this.size)
    const first = position * this.options.batch
    if (condition.samples) await readSamples(condition.samples, indices, out)
    else if (task.kept?.isThere) task.kept.read(first, rows, out)
    else if (this.isMadeThere) {
      for (const reason of await this.workshop!.take(this.jobs.get(task)!, out)) note(reason)
    } else {
      const before = performance.now()
      noiseBatch(task.job, this.room, ids, this.out, note)
      this.noising += performance.now() - before
    }
    task.kept?.add(out)
    return out
  }

  async close(): Promise<void> {
    for (const { kept } of this.tasks) kept?.close()
    await this.workshop?.close()
    this.rooms.giveBack()
  }
}

async function readSamples(from: Dataset, indices: Uint32Array, out: Float32Array): Promise<void> {
  if (from.readMany) {
    const failures = await from.readMany(indices, out)
    const reason = failures.find(failure => failure !== undefined)
    if (reason !== undefined) throw new DataError(reason)
    return
  }
  const size = out.length / indices.length
  for (const [row, index] of indices.entries())
    await from.read(index, out.subarray(row * size, (row + 1) * size))
}

/** The pool at work on one batch, some conditions ahead of the one in use. */
class Workshop {
  private readonly pool: NoisePool
  private readonly x: Float32Array
  private readonly ids: Float64Array
  private readonly outs: readonly Float32Array[]
  private readonly made = new Map<number, { done: Promise<readonly string[]>; out: Float32Array }>()
  private rows = 0
  private next = 0
  private length = 0

  constructor(
    private readonly jobs: readonly NoiseJob[],
    floats: number,
    rows: number,
  ) {
    this.pool = new NoisePool(jobs)
    const shared = () => new Float32Array(new SharedArrayBuffer(4 * floats))
    this.x = shared()
    this.ids = new Float64Array(new SharedArrayBuffer(8 * rows))
    this.outs = Array.from({ length: Math.min(jobs.length, this.pool.ahead) }, shared)
  }

  /** Starts on a batch; false while the workers are still loading. */
  begin({ data, ids, rows }: Batch, size: number): boolean {
    if (!this.pool.isReady) return false
    this.rows = rows
    this.next = 0
    this.x.set(data)
    this.ids.set(ids)
    this.length = rows * size
    for (const out of this.outs) this.ask(out)
    return true
  }

  private ask(out: Float32Array): void {
    if (this.next === this.jobs.length) return
    const job = this.next++
    const filled = out.subarray(0, this.length)
    const ids = this.ids.subarray(0, this.rows)
    const done = this.pool.make(job, this.x.subarray(0, this.length), ids, filled)
    done.catch(() => {}) // thrown where it is awaited
    this.made.set(job, { done, out })
  }

  /** Jobs are taken in their order; the next one is asked for as soon as the room is free. */
  async take(job: number, into: Float32Array): Promise<readonly string[]> {
    const { done, out } = this.made.get(job)!
    const notes = await done
    this.made.delete(job)
    into.set(out.subarray(0, into.length))
    this.ask(out)
    return notes
  }

  close(): Promise<void> {
    return this.pool.close()
  }
}
