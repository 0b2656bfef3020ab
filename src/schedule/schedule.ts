import { type Lengths, type Moment, momentAt, UsageError } from '../base/index.js'
import { joinPath, type ScheduleContext } from './form.js'
import { compile, rootScope, scheduleSchema, wholeRun } from './forms.js'
import type { ScheduleSpec } from './spec.js'
import { expecting, type z } from './strict.js'
import { formatSchedule, readScheduleText } from './text.js'

/** A level over the run: a pure function of the moment. */
export type Schedule = (moment: Moment) => number

/** A schedule that remembers what it was read from. */
export interface ParsedSchedule extends Schedule {
  readonly spec: ScheduleSpec
  /** Canonical text form; `parseSchedule` reads it back to equal values. */
  readonly text: string
}

/**
 * Makes a schedule from a recipe's value, from its text form, or from a function of the moment
 * (which is sampled into a table, so that it has a text form too).
 * Throws UsageError with the path of the key for a wrong key, unit, time or level.
 */
export function parseSchedule(value: unknown, context: ScheduleContext): ParsedSchedule {
  const spec = checked(scheduleSchema, withTables(value, context), context)
  const curve = compile(spec, wholeRun(context), rootScope(context))
  return Object.assign((moment: Moment) => curve(moment.batch), {
    spec,
    text: formatSchedule(spec),
  })
}

/** Parses text if it is text, then checks against a schema; the first issue becomes a UsageError. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, context: ScheduleContext): T {
  const { where = 'schedule' } = context
  const data = typeof value === 'string' ? readScheduleText(value, where) : value
  const result = schema.safeParse(data)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = where + joinPath(issue.path)
  throw new UsageError(`${path}: ${issue.message}`, { path })
}

/**
 * A value with each function in it as a table; the moments of one inside a `join`, or whatever else
 * holds schedules, count from where its piece starts.
 */
export function withTables(
  value: unknown,
  { lengths, where }: Pick<ScheduleContext, 'lengths' | 'where'>,
): unknown {
  if (typeof value === 'function') return sampleSchedule(value as Schedule, lengths, where)
  if (typeof value !== 'object' || value === null) return value
  const within = (key: PropertyKey, item: unknown) =>
    withTables(item, { lengths, where: `${where ?? ''}${joinPath([key])}`.replace(/^\./, '') })
  if (Array.isArray(value)) return value.map((item, i) => within(i, item))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, within(key, item)]))
}

/**
 * A function of the moment as a table: one level a batch, or, for runs of more than `most`
 * batches, `most` levels at equal distances with straight lines between.
 * Throws UsageError where the function returns anything but a finite number.
 */
export function sampleSchedule(
  schedule: Schedule,
  lengths: Lengths,
  where = 'schedule',
  most = 4096,
): ScheduleSpec {
  const batches = Math.max(1, Math.ceil(lengths.epochs * lengths.batchesPerEpoch))
  const spacing = Math.ceil(batches / most)
  const table = Array.from({ length: Math.ceil(batches / spacing) + 1 }, (_, i) => {
    const level = schedule(momentAt(i * spacing, lengths))
    if (Number.isFinite(level)) return level
    const rule = expecting(`a finite number from the function at batch ${i * spacing}`)
    throw new UsageError(`${where}: ${rule({ input: level })}`, { path: where })
  })
  return { table, spacing: `${spacing}ba` }
}
