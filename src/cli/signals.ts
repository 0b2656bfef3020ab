import type { Output } from './output.js'

/** How a command's work ended: its result, or the signal that stopped it before. */
export type JobOutcome<Result> =
  | { readonly ended: true; readonly result: Result }
  | { readonly ended: false; readonly exitCode: 130 | 143 }

/** What work is told by Ctrl-C: first to save and return, then to end at once. */
export interface StopSignals {
  readonly signal: AbortSignal
  readonly killSignal: AbortSignal
}

/** Does work that the first Ctrl-C asks to save, and the second ends. */
export async function untilStopped<Result>(
  output: Output,
  stopping: string,
  work: (signals: StopSignals) => Promise<Result>,
): Promise<JobOutcome<Result>> {
  const [stop, kill] = [new AbortController(), new AbortController()]
  let exitCode: 130 | 143 | undefined
  const onSignal = (signal: 'SIGINT' | 'SIGTERM') => {
    if (stop.signal.aborted) kill.abort()
    else
      output.note(`\n${stopping} (${signal === 'SIGINT' ? 'Ctrl-C again' : 'again'} ends at once)`)
    exitCode ??= signal === 'SIGINT' ? 130 : 143
    stop.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    const result = await work({ signal: stop.signal, killSignal: kill.signal })
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
