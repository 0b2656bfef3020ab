import { type Key, type Moment, Random } from '../base/index.js'
import { type DrawForm, draws } from './draws.js'
import type { ScheduleContext } from './form.js'
import { compile, rootScope, scheduleSchemas, wholeRun } from './forms.js'
import { checked, type Schedule, withTables } from './schedule.js'
import type { DrawSpec, LevelSpec, ScheduleSpec } from './spec.js'
import { keyedUnion } from './strict.js'
import { formatSchedule } from './text.js'

/** How strong something is: a schedule, or a draw around schedules. */
export interface Level {
  readonly spec: LevelSpec
  /** Canonical text form; `parseLevel` reads it back. */
  readonly text: string
  /** How long one draw lives; null when nothing is drawn and the key is not used. */
  readonly per: 'sample' | 'batch' | null
  /** Smallest and largest level that may come at a moment, and the middle of the draw. */
  readonly low: Schedule
  readonly high: Schedule
  readonly middle: Schedule
  /** The level at a moment; `key` is one key a sample or one a batch, as `per` says. */
  resolve(moment: Moment, key: Key): number
}

const drawSchemas = Object.fromEntries(
  Object.entries(draws).map(([name, form]) => [name, form.schema]),
)

/** zod schema of any level: a schedule or a draw around schedules. */
export const levelSchema = keyedUnion<LevelSpec>('a level', { ...scheduleSchemas, ...drawSchemas })

/** Makes a level from a recipe's value, its text form or a function; throws as `parseSchedule`. */
export function parseLevel(value: unknown, context: ScheduleContext): Level {
  const spec = checked(levelSchema, withTables(value, context), context)
  const form = drawFormOf(spec)
  return form
    ? drawnLevel(spec as DrawSpec, form, context)
    : plainLevel(spec as ScheduleSpec, context)
}

function drawFormOf(spec: LevelSpec): DrawForm<never> | undefined {
  if (typeof spec === 'number') return undefined
  const name = Object.keys(draws).find(key => Object.hasOwn(spec, key))
  return name === undefined ? undefined : (draws[name as keyof typeof draws] as DrawForm<never>)
}

function plainLevel(spec: ScheduleSpec, context: ScheduleContext): Level {
  const curve = compile(spec, wholeRun(context), rootScope(context))
  const at: Schedule = moment => curve(moment.batch)
  return { spec, text: formatSchedule(spec), per: null, low: at, high: at, middle: at, resolve: at }
}

function drawnLevel(spec: DrawSpec, form: DrawForm<never>, context: ScheduleContext): Level {
  const drawing = form.compile(spec as never, wholeRun(context), rootScope(context))
  return {
    spec,
    text: formatSchedule(spec),
    per: spec.per ?? 'sample',
    low: moment => drawing.low(moment.batch),
    high: moment => drawing.high(moment.batch),
    middle: moment => drawing.middle(moment.batch),
    resolve: (moment, key) => drawing.draw(moment.batch, new Random(key)),
  }
}
