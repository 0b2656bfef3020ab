import { DataError, expected } from '../base/index.js'
import type { CertifiedSample } from './summary.js'

const columns = ['idx', 'label', 'predict', 'radius', 'correct', 'time'] as const

/** The field's own table: `idx label predict radius correct time`, tabs between, radius in 3 digits. */
export function toTsv(samples: readonly CertifiedSample[]): string {
  const rows = samples.map(s => [
    s.index,
    s.label,
    s.prediction,
    Number(s.radius.toPrecision(3)),
    s.correct ? 1 : 0,
    timeOf(s.time ?? 0),
  ])
  return [columns, ...rows].map(row => `${row.join('\t')}\n`).join('')
}

/** `0:01:15.250000`, as Python writes a duration. */
function timeOf(seconds: number): string {
  const pad = (value: number) => String(value).padStart(2, '0')
  const micro = Math.round(seconds * 1e6)
  const rest = micro % 1e6
  const [s, m, h] = [
    Math.floor(micro / 1e6) % 60,
    Math.floor(micro / 6e7) % 60,
    Math.floor(micro / 3.6e9),
  ]
  return `${h}:${pad(m)}:${pad(s)}${rest ? `.${String(rest).padStart(6, '0')}` : ''}`
}

/** Reads such a table, published ones too (`time` may be left out); throws DataError by line. */
export function parseTsv(text: string, where = 'certificates'): CertifiedSample[] {
  const [header, ...lines] = text.split(/\r?\n/).filter(line => line.trim() !== '')
  const names = (header ?? '').trim().split('\t')
  const missing = columns.slice(0, 5).find(name => !names.includes(name))
  if (missing)
    throw new DataError(expected(where, `a header with the column ${missing}`, header ?? ''))
  return lines.map((line, i) => parseRow(names, line.split('\t'), `${where} line ${i + 2}`))
}

function parseRow(names: string[], cells: string[], where: string): CertifiedSample {
  const number = (name: (typeof columns)[number]) => {
    const text = (cells[names.indexOf(name)] ?? '').trim()
    const value = text === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(value)) throw new DataError(expected(`${where} ${name}`, 'a number', text))
    return value
  }
  return {
    index: number('idx'),
    label: number('label'),
    prediction: number('predict'),
    radius: Math.max(0, number('radius')),
    correct: number('correct') === 1,
  }
}
