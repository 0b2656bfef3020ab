import { Worker } from 'node:worker_threads'
import { InternalError, UsageError } from '../base/index.js'
import { packError } from './crossing.js'
import type { HeartbeatData } from './heartbeat.js'
import type { FromChild, FromParent } from './protocol.js'

export interface ActContext {
  /** Tells the parent something on the way; a plain value that can be copied. */
  emit(event: unknown): void
  /** Aborts when the parent asks to stop or is gone: save what there is and return. */
  readonly signal: AbortSignal
}

/** A piece of work by name; its payload comes from outside and is to be checked. */
export type Act = (payload: unknown, context: ActContext) => unknown

/**
 * The child's side: waits for one order, does that act, answers, ends.
 * Throws UsageError when the process was not started by `superviseChild`.
 */
export function serveActs(acts: Readonly<Record<string, Act>>): void {
  if (!process.send)
    throw new UsageError('this file is the inside of a child process; Temper starts it by itself.')
  const stop = new AbortController()
  const fail = (error: unknown) => answer({ type: 'failed', error: packError(error) })
  // A terminal interrupts the whole group; the parent alone decides what that means.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => stop.abort())
  process.on('disconnect', () => stop.abort())
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  process.on('message', (message: FromParent) => {
    if (message.type === 'stop') stop.abort()
    else void perform(acts, message, stop.signal).then(answer, fail)
  })
  tell({ type: 'ready' })
}

async function perform(
  acts: Readonly<Record<string, Act>>,
  { act, payload, beatMs, graceMs }: FromParent & { type: 'start' },
  signal: AbortSignal,
): Promise<FromChild> {
  startHeartbeat(beatMs, graceMs)
  if (!Object.hasOwn(acts, act)) throw new InternalError(`there is no act "${act}"`)
  const emit = (event: unknown) => tell({ type: 'event', event })
  return { type: 'done', result: await acts[act](payload, { emit, signal }) }
}

/** Sends the last word, then ends the process once it has left. */
function answer(message: FromChild): void {
  const end = () => process.exit(0)
  try {
    if (process.connected) process.send?.(message, end)
    else end()
  } catch (error) {
    // The result holds something that cannot be copied to another process.
    process.send?.({ type: 'failed', error: packError(error) } satisfies FromChild, end)
  }
}

function tell(message: FromChild): void {
  if (process.connected) process.send?.(message, () => {})
}

function startHeartbeat(beatMs: number, graceMs: number): void {
  const turns = new Int32Array(new SharedArrayBuffer(4))
  setInterval(() => Atomics.add(turns, 0, 1), Math.max(10, beatMs / 2)).unref()
  const workerData: HeartbeatData = { turns, beatMs, graceMs }
  const options = { workerData, execArgv: [], name: 'heartbeat' }
  new Worker(new URL('./heartbeat.js', import.meta.url), options).unref()
}
