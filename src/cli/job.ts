import type { Output } from './output.js'
import { rooms } from './rooms.js'
import { type JobOutcome, untilStopped } from './signals.js'

export type { JobOutcome } from './signals.js'

/** Does an act in a child; the first Ctrl-C asks it to save, the second ends it. */
export async function superviseJob<Result, Event>(
  act: string,
  payload: unknown,
  output: Output,
  onEvent: (event: Event) => void,
): Promise<JobOutcome<Result>> {
  const { runJob } = await rooms.jobs()
  return untilStopped(output, 'stopping: finishing the step and saving', signals =>
    runJob<Result, Event>(act, payload, { onEvent, ...signals }),
  )
}
