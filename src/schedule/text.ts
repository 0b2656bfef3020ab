/** The text form: one line of YAML, so what is printed can be pasted into a recipe. */
import { parse } from 'yaml'
import { formatTime, parseTime, UsageError } from '../base/index.js'
import type { LevelSpec } from './spec.js'

const timeKeys = new Set([
  'from',
  'to',
  'at',
  'every',
  'for',
  'period',
  'spacing',
  'warmUp',
  'coolDown',
])

/**
 * The canonical text of a schedule or level: `{ ramp: [0.1, 0.4], to: 60% }`. Times take their
 * shortest exact form; reading it back gives equal values everywhere.
 */
export function formatSchedule(spec: LevelSpec): string {
  return textOf(spec)
}

function textOf(value: unknown, key = ''): string {
  if (Array.isArray(value)) return `[${value.map(item => textOf(item)).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    return `{ ${fields.map(([name, field]) => `${name}: ${textOf(field, name)}`).join(', ')} }`
  }
  if (typeof value === 'string' && timeKeys.has(key)) return formatTime(parseTime(value, key))
  return String(value)
}

/** Reads the text form into data still to be checked; throws UsageError naming `where`. */
export function readScheduleText(text: string, where = 'schedule'): unknown {
  try {
    return parse(text, { schema: 'core', maxAliasCount: 0 })
  } catch {
    throw new UsageError(
      `${where}: expected a number or one line of YAML such as { ramp: [0.1, 0.4], to: 60% }, received "${text}".`,
      { path: where },
    )
  }
}
