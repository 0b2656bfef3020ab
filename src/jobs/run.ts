import { superviseChild } from '../supervise/index.js'

export interface JobOptions<Event> {
  readonly onEvent?: (event: Event) => void
  /** Asks the job to save and return. */
  readonly signal?: AbortSignal
  /** Ends it at once. */
  readonly killSignal?: AbortSignal
  /** `probe`: a death is the model's fault (exit 3); `run`: resumable (exit 5). Default run. */
  readonly purpose?: 'probe' | 'run'
}

/** Does one act in a supervised child: a crash in the runtime becomes a sentence, not an end. */
export function runJob<Result, Event = unknown>(
  act: string,
  payload: unknown,
  options: JobOptions<Event> = {},
): Promise<Result> {
  return superviseChild<Result, Event>({
    entry: new URL('./entry.js', import.meta.url),
    act,
    payload,
    ...options,
  })
}
