/**
 * A thread of the child that tells the parent, by a pipe of its own, that the process lives, how
 * much memory it holds and how long its main thread has been busy: a running session blocks the
 * main thread, so no message could say so. A closed pipe means the parent is gone.
 */
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { beatDescriptor, writeBeat } from './protocol.js'

export interface HeartbeatData {
  /** Counts the turns of the main thread's event loop. */
  readonly turns: Int32Array<SharedArrayBuffer>
  readonly beatMs: number
  /** How long the main thread may go on saving once the parent is gone. */
  readonly graceMs: number
}

const { turns, beatMs, graceMs } = workerData as HeartbeatData
let seen = -1
let since = performance.now()

const timer = setInterval(() => {
  const now = performance.now()
  const turn = Atomics.load(turns, 0)
  if (turn !== seen) since = now
  seen = turn
  try {
    writeSync(beatDescriptor, writeBeat({ rss: process.memoryUsage.rss(), blockedMs: now - since }))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return
    clearInterval(timer)
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs)
  }
}, beatMs)
