/** The table of schedules: a row here is a name in recipes, in `temper list schedules` and in the tests. */
import { compositions } from './compositions.js'
import { anneal, cosine, cyclic, exponential, polynomial, ramp, sigmoid, table } from './curves.js'
import type { Curve, Form, ScheduleContext, Span } from './form.js'
import { Scope } from './form.js'
import type { ScheduleSpec } from './spec.js'
import { keyedUnion, z } from './strict.js'

/** The key that names a form in a recipe, and the form; a plain number is a constant level. */
export const schedules = {
  ramp,
  cosine,
  exponential,
  sigmoid,
  polynomial,
  cyclic,
  anneal,
  table,
  ...compositions(z.lazy((): z.ZodType<ScheduleSpec> => scheduleSchema)),
} as const

export type ScheduleName = keyof typeof schedules

export const scheduleSchemas: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  Object.entries(schedules).map(([name, form]) => [name, form.schema]),
)

/** zod schema of any schedule; its issues are Temper's sentences with the path of the key. */
export const scheduleSchema = keyedUnion<ScheduleSpec>('a schedule', scheduleSchemas)

/** The form of a checked spec that is not a number. */
export function formOf(spec: object): Form<never> {
  const name = Object.keys(schedules).find(key => Object.hasOwn(spec, key)) as ScheduleName
  return schedules[name] as Form<never>
}

/** A checked spec as a curve over batches. */
export function compile(spec: ScheduleSpec, span: Span, scope: Scope): Curve {
  if (typeof spec === 'number') {
    const level = scope.value(spec)
    return () => level
  }
  return formOf(spec).compile(spec as never, span, scope)
}

export function rootScope(context: ScheduleContext): Scope {
  return new Scope(context, (spec, span, scope) => compile(spec as ScheduleSpec, span, scope))
}

/** The whole run, in batches. */
export function wholeRun({ lengths }: ScheduleContext): Span {
  return { start: 0, end: lengths.epochs * lengths.batchesPerEpoch }
}
