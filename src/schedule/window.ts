import type { Moment } from '../base/index.js'
import { phaseOf, type ScheduleContext, Scope } from './form.js'
import { timeSchema } from './strict.js'

/** Whether something acts at a moment. */
export type Window = (moment: Moment) => boolean

export interface WindowSpec {
  readonly every?: string
  readonly for?: string
}

/** The keys `every` and `for` of a noise entry, to spread into a strict zod object. */
export const windowFields = { every: timeSchema.optional(), for: timeSchema.optional() }

/**
 * Reads `every` and `for`: a window starts at each multiple of `every` and lasts `for` (default:
 * all of it, so always open). Throws UsageError when `for` stands alone, is longer than `every`,
 * or is shorter than one batch, for then a window could open between two batches and do nothing.
 */
export function parseWindow(spec: WindowSpec, context: ScheduleContext): Window {
  const scope = new Scope(context, () => () => 0, context.where ?? 'window')
  const open = compileWindow(spec, scope)
  return moment => open(moment.batch)
}

export function compileWindow(spec: WindowSpec, scope: Scope): (batch: number) => boolean {
  const { every, for: length } = spec
  if (every === undefined) {
    if (length === undefined) return () => true
    return scope
      .at('for')
      .refuse('`every` beside `for`', 'for alone', `Write every: 4ep, for: ${length}.`)
  }
  const period = scope.at('every').duration(every)
  if (length === undefined) {
    scope.at('every').warn('without `for` a window lasts until the next one: it is always open.')
    return () => true
  }
  const open = scope.at('for').duration(length)
  if (open > period) scope.at('for').refuse(`at most \`every\` (${every})`, length)
  if (open < 1) scope.at('for').refuse('at least one batch (1ba)', length)
  return batch => phaseOf(batch, period) < open - 1e-9
}
