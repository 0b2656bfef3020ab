import { z } from 'zod'
import type { Lengths } from '../base/index.js'
import { parseLevel, parseWindow, type TracePoint, traceSchedule } from '../schedule/index.js'

/** What a noise level or the learning rate was asked to do over a run. */
export interface PlannedSchedule {
  /** As the `levels` of a run's checks name it, such as `input:gaussian.sigma`. */
  readonly name: string
  /** Text form, as in the recipe. */
  readonly text: string
  readonly points: readonly TracePoint[]
}

/** The parts of a plan that say when and how much. */
const timedPlan = z.object({
  lengths: z.object({
    epochs: z.number(),
    batchesPerEpoch: z.number(),
    samplesPerEpoch: z.number(),
  }),
  optimizer: z.object({ learningRate: z.string() }),
  noise: z.array(
    z.object({ name: z.string(), levels: z.record(z.string(), z.string()), window: z.string() }),
  ),
})

/** The schedules of a `plan.json`, traced over the run; none where the plan does not tell them. */
export function plannedSchedules(plan: unknown): PlannedSchedule[] {
  const read = timedPlan.safeParse(plan)
  if (!read.success) return []
  const { lengths, optimizer, noise } = read.data
  return [
    traced('learning rate', optimizer.learningRate, 'always', lengths),
    ...noise.flatMap(({ name, levels, window }) =>
      Object.entries(levels).map(([field, text]) =>
        traced(`${name}.${field}`, text, window, lengths),
      ),
    ),
  ]
}

function traced(name: string, text: string, window: string, lengths: Lengths): PlannedSchedule {
  const level = parseLevel(text, { lengths, where: name })
  const [, every, length] = /^every (\S+) for (\S+)$/.exec(window) ?? []
  if (every === undefined) return { name, text, points: traceSchedule(level, lengths) }
  const open = parseWindow({ every, for: length }, { lengths, where: name })
  return { name, text: `${text}, ${window}`, points: traceSchedule(level, lengths, { open }) }
}
