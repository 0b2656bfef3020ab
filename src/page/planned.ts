import { z } from 'zod'
import { type Lengths, momentAt, parseTime, timeInBatches } from '../base/index.js'
import {
  parseLevel,
  parseWindow,
  type Schedule,
  type TracePoint,
  traceSchedule,
} from '../schedule/index.js'

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
  train: z.object({ curriculum: z.object({ share: z.string() }).optional() }).optional(),
  noise: z.array(
    z.object({
      name: z.string(),
      levels: z.record(z.string(), z.string()),
      window: z.string(),
      start: z.string().optional(),
    }),
  ),
})

/** The schedules of a `plan.json`, traced over the run; none where the plan does not tell them. */
export function plannedSchedules(plan: unknown): PlannedSchedule[] {
  const read = timedPlan.safeParse(plan)
  if (!read.success) return []
  const { lengths, optimizer, train, noise } = read.data
  const share = train?.curriculum?.share
  return [
    traced('learning rate', optimizer.learningRate, lengths),
    ...(share === undefined ? [] : [traced('share of samples', share, lengths)]),
    ...noise.flatMap(({ name, levels, ...when }) =>
      Object.entries(levels).map(([field, text]) =>
        traced(`${name}.${field}`, text, lengths, when),
      ),
    ),
  ]
}

interface When {
  readonly window?: string
  readonly start?: string
}

/** A level over the run; where it waits for a condition, from its beginning, whenever that is. */
function traced(
  name: string,
  text: string,
  lengths: Lengths,
  { window = 'always', start }: When = {},
): PlannedSchedule {
  const context = { lengths, where: name }
  const { low, high } = parseLevel(text, context)
  const [, every, length] = /^every (\S+) for (\S+)$/.exec(window) ?? []
  const isTimed = start !== undefined && !start.startsWith('when')
  const begin = isTimed ? Math.ceil(timeInBatches(parseTime(start, name), lengths) - 1e-9) : 0
  const later =
    <T>(curve: (moment: Parameters<Schedule>[0]) => T) =>
    ({ batch }: Parameters<Schedule>[0]) =>
      curve(momentAt(Math.max(0, batch - begin), lengths))
  const inWindow = later(parseWindow({ every, for: length }, context))
  const points = traceSchedule({ low: later(low), high: later(high) }, lengths, {
    open: moment => moment.batch >= begin && inWindow(moment),
  })
  const said = [text, every && window, start && (isTimed ? `from ${start}` : `begins ${start}`)]
  return { name, text: said.filter(Boolean).join(', '), points }
}
