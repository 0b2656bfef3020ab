import type { Output } from './output.js'
import { rooms } from './rooms.js'

/** How a command's work ended: its result, or the signal that stopped it before. */
export type JobOutcome<Result> =
  | { readonly ended: true; readonly result: Result }
  | { readonly ended: false; readonly exitCode: 130 | 143 }

/** Does an act in a child; the first Ctrl-C asks it to save, the second ends it. */
export async function superviseJob<Result, Event>(
  act: string,
  payload: unknown,
  output: Output,
  onEvent: (event: Event) => void,
): Promise<JobOutcome<Result>> {
  const { runJob } = await rooms.jobs()
  const [stop, kill] = [new AbortController(), new AbortController()]
  let exitCode: 130 | 143 | undefined
  const onSignal = (signal: 'SIGINT' | 'SIGTERM') => {
    if (stop.signal.aborted) kill.abort()
    else
      output.note(
        `\nstopping: finishing the step and saving (${signal === 'SIGINT' ? 'Ctrl-C again' : 'again'} ends at once)`,
      )
    exitCode ??= signal === 'SIGINT' ? 130 : 143
    stop.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    const options = { onEvent, signal: stop.signal, killSignal: kill.signal }
    const result = await runJob<Result, Event>(act, payload, options)
    return exitCode === undefined ? { ended: true, result } : { ended: false, exitCode }
  } catch (error) {
    if (exitCode === undefined) throw error
    return { ended: false, exitCode }
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    output.settle()
  }
}
