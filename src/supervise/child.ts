import { ResumableError } from '../base/index.js'
import type { Purpose } from './death.js'
import { Supervision } from './supervision.js'

export interface ChildTask<Event = unknown> {
  /** The module that calls `serveActs`. */
  entry: URL
  /** Which of its acts to do. */
  act: string
  /** A plain value that can be copied to another process. */
  payload: unknown
  /** Whose fault a death is: `probe`, the model's (exit 3); `run`, resumable (exit 5). Default run. */
  purpose?: Purpose
  /** Called for what the act emits, in order; what it throws ends the child and is thrown. */
  onEvent?: (event: Event) => void
  /** Aborting it asks the act to save and return. */
  signal?: AbortSignal
  /** Aborting it ends the child at once: the second Ctrl-C. */
  killSignal?: AbortSignal
  /** Longest silence of the whole process, in milliseconds. Default 30,000. */
  heartbeatMs?: number
  /** Longest time the act may keep its thread busy without a pause. Default 600,000. */
  stallMs?: number
  /** Longest time for all. Default: no bound. */
  deadlineMs?: number
  /** Most resident memory, in MiB. Default: no bound. */
  memoryMb?: number
  /** How long a child asked to end may take. Default 10,000; 1,000 for a probe. */
  graceMs?: number
  /** Node options of the child. Default none. */
  execArgv?: readonly string[]
}

/**
 * Does one act in a child process of its own and returns its result. Whatever happens in there, a
 * segmentation fault, an endless loop, a memory bomb, is an error here: ModelError for a probe,
 * ResumableError for a run. Errors thrown by the act arrive with their class and fields.
 * When the promise settles the child is gone.
 */
export function superviseChild<Result, Event = unknown>(task: ChildTask<Event>): Promise<Result> {
  if (task.signal?.aborted || task.killSignal?.aborted)
    return Promise.reject(new ResumableError(`${task.act}: stopped before it began.`))
  return new Promise((resolve, reject) => {
    new Supervision(task as ChildTask, resolve as (result: unknown) => void, reject)
  })
}
