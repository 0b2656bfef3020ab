import { createReadStream } from 'node:fs'
import { DataError, didYouMean, expected } from '../../base/index.js'
import type { Place } from '../layouts/place.js'
import type { DataOptions } from '../options.js'
import { printable } from '../sources/folder.js'
import { csvRows, dialectOf, type Row } from './csv-rows.js'

export type { Row }

/** A table of text, read row by row. */
export interface Table {
  /** Names of the columns; `1`, `2`, ... where the first row is no head. */
  columns: readonly string[]
  /** Whether a first column without a name (the row numbers that pandas writes) was left out. */
  hasIndex: boolean
  /** The rows with their line numbers, for errors. */
  rows(): AsyncGenerator<Row>
}

/**
 * Opens a .csv (comma, or semicolon where the first line has more of them) or .tsv file. The first
 * row is a head when none of its cells is a number; a first column that it does not name is left
 * out. Throws DataError naming the line.
 */
export async function openTable(place: Place): Promise<Table> {
  const { path, name, extension } = place
  const dialect = dialectOf(await headOf(path, name), extension)
  const records = () => csvRows(path, name, dialect)
  let top: Row | undefined
  for await (const row of records()) {
    top = row
    break
  }
  if (!top) throw new DataError(`${name}: the table is empty.`)
  const hasHead = top.cells.every(cell => numberOf(cell) === undefined)
  const names = hasHead
    ? top.cells.map(cell => cell.trim())
    : top.cells.map((_, i) => String(i + 1))
  const hasIndex = names.length > 1 && names[0] === '' && !names.includes('', 1)
  const columns = hasIndex ? names.slice(1) : names
  const twice = firstTwice(columns)
  if (twice !== undefined)
    throw new DataError(`${name}: two columns are named "${printable(twice)}".`)
  return {
    columns,
    hasIndex,
    rows: async function* () {
      let skip = hasHead
      for await (const row of records()) {
        if (!skip) yield hasIndex ? { ...row, cells: row.cells.slice(1) } : row
        skip = false
      }
    },
  }
}

/** A plain decimal number that float32 can hold, or undefined; hexadecimal, dates and `NaN` are none. */
export function numberOf(cell: string): number | undefined {
  const text = cell.trim()
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
  return Number.isFinite(Math.fround(Number(text))) ? Number(text) : undefined
}

/** The index of a column by name. Throws DataError. */
export function columnIndex(table: Table, name: string, where: string): number {
  const index = table.columns.indexOf(name)
  if (index >= 0) return index
  const shown = table.columns.slice(0, 8).map(printable).join(', ')
  throw new DataError(
    expected(
      where,
      `a column of the table (${shown}${table.columns.length > 8 ? ', ...' : ''})`,
      name,
      didYouMean(name, table.columns).trim(),
    ),
  )
}

/**
 * The label column: the one asked for (`none` for none), else the last that is none of the `taken`.
 * Throws DataError.
 */
export function labelColumn(table: Table, options: DataOptions, taken: readonly number[]): number {
  const { label } = options
  if (label === undefined) return table.columns.findLastIndex((_, c) => !taken.includes(c))
  if (label === 'none' && !table.columns.includes('none')) return -1
  const column = columnIndex(table, label, '--label')
  if (!taken.includes(column)) return column
  throw new DataError(
    expected('--label', 'another column than the paths and the group', printable(label)),
  )
}

/** The group column that was asked for, or -1. Throws DataError. */
export function groupColumn(table: Table, { group }: DataOptions): number {
  return group === undefined ? -1 : columnIndex(table, group, '--group')
}

/** The group in a row's cell. Throws DataError where there is none. */
export function groupIn({ cells, line }: Row, column: number, where: string): string {
  const group = cells[column].trim()
  if (group) return group
  throw new DataError(expected(`${where}, line ${line}`, 'a group', 'an empty cell'))
}

function firstTwice(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return names.find(name => seen.size === seen.add(name).size)
}

async function headOf(path: string, name: string): Promise<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { end: 65_535 })) return chunk
  } catch (error) {
    throw new DataError(`${name}: the table cannot be read (${(error as Error).message}).`)
  }
  return new Uint8Array()
}
