import type { RunEvent } from './events.js'
import type { Measures } from './measures.js'

type Row = Map<string, number | string>

/** The figures of `epoch` and `check` events as CSV text: one row an event, every column named in the first line. */
export function metricsCsv(events: readonly RunEvent[]): string {
  const rows = events.flatMap(event => {
    const row = rowOf(event)
    return row ? [row] : []
  })
  const columns = [
    ...new Set(['type', 'time', 'step', 'epoch', ...rows.flatMap(r => [...r.keys()])]),
  ]
  const lines = rows.map(row => columns.map(name => cell(row.get(name))).join(','))
  return `${[columns.map(cell).join(','), ...lines].join('\n')}\n`
}

function rowOf(event: RunEvent): Row | undefined {
  if (event.type !== 'epoch' && event.type !== 'check') return undefined
  const row: Row = new Map([['type', event.type]])
  for (const [name, value] of Object.entries(event))
    if (typeof value === 'number') row.set(name, value)
  if (event.type === 'check') {
    setMeasures(row, 'clean', event.clean)
    setMeasures(row, 'noisy', event.noisy)
    for (const [name, level] of Object.entries(event.levels))
      if (level !== null) row.set(`level.${name}`, level)
  }
  return row
}

function setMeasures(row: Row, prefix: string, measures: Measures): void {
  for (const [name, value] of Object.entries(measures))
    if (typeof value === 'number') row.set(`${prefix}.${name}`, value)
}

/** A cell that no spreadsheet takes for a formula. */
function cell(value: number | string | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
