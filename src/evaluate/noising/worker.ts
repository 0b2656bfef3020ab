/** A worker thread that makes noisy batches; `NoisePool` is its only caller. */
import { parentPort } from 'node:worker_threads'
import { type NoiseJob, noiseBatch } from './noise-batch.js'

/** What is asked for: a job by its number, on shared rows, into shared rows. */
export interface Ask {
  readonly id: number
  readonly job: number
  readonly x: Float32Array
  readonly ids: Float64Array
  readonly out: Float32Array
}

export interface Told {
  readonly id: number
  /** Why samples had to stay as they were, one for each. */
  readonly notes: readonly string[]
  readonly error?: unknown
}

/** Sent once: the worker is loaded and knows its jobs. */
export interface Ready {
  readonly ready: true
}

let jobs: readonly NoiseJob[] = []

parentPort!.on('message', (message: Ask | { readonly jobs: readonly NoiseJob[] }) => {
  if ('jobs' in message) {
    jobs = message.jobs
    parentPort!.postMessage({ ready: true } satisfies Ready)
    return
  }
  const { id, job, x, ids, out } = message
  try {
    const notes: string[] = []
    noiseBatch(jobs[job], x, ids, out, reason => notes.push(reason))
    parentPort!.postMessage({ id, notes } satisfies Told)
  } catch (error) {
    parentPort!.postMessage({ id, notes: [], error } satisfies Told)
  }
})
