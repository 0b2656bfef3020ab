import { extname } from 'node:path'
import { DataError, expected } from '../../base/index.js'
import {
  groupColumn,
  groupIn,
  labelColumn,
  numberOf,
  openTable,
  type Row,
  type Table,
} from '../codecs/table.js'
import type { Dataset } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { printable } from '../sources/folder.js'
import { memoryDataset } from '../sources/memory.js'
import { textAnswers } from './answers.js'
import { mediaExtensions } from './media.js'
import { openPathTable } from './path-table.js'
import type { Format, Place } from './place.js'

/** Numeric columns and a label column, or file paths and a label column. */
export const csv: Format = {
  name: 'csv',
  describe: '.csv or .tsv: numeric columns and a label column, or file paths and a label column',
  matches: ({ extension }) => extension === '.csv' || extension === '.tsv',
  open: async (place, options) => {
    const table = await openTable(place)
    const path = await pathColumn(table)
    return path === undefined
      ? openNumbers(place, table, options)
      : openPathTable(place, table, path, options)
  },
}

/** The column whose first cell is the path of an image or recording. */
async function pathColumn(table: Table): Promise<number | undefined> {
  for await (const { cells } of table.rows()) {
    const index = cells.findIndex(cell => mediaExtensions.has(extname(cell.trim()).toLowerCase()))
    return index < 0 ? undefined : index
  }
  return undefined
}

async function openNumbers(place: Place, table: Table, options: DataOptions): Promise<Dataset> {
  const { name } = place
  const group = groupColumn(table, options)
  const label = labelColumn(table, options, [group])
  const features = table.columns.length - [label, group].filter(column => column >= 0).length
  if (!features)
    throw new DataError(
      expected(name, 'at least one feature column beside the label', 'one column'),
    )
  const numbers = new GrowingNumbers()
  const labels: string[] = []
  const groups: string[] = []
  let left = 0
  for await (const row of table.rows()) {
    const wrong = wrongCell(row, label, group)
    if (wrong >= 0 && options.onBadSample === 'skip') left++
    else if (wrong >= 0) throw badCell(name, table, row, wrong)
    else {
      for (let c = 0; c < row.cells.length; c++)
        if (c !== label && c !== group) numbers.push(Number(row.cells[c]))
      if (label >= 0) labels.push(row.cells[label].trim())
      if (group >= 0) groups.push(groupIn(row, group, name))
    }
  }
  const values = numbers.take()
  if (!values.length)
    throw new DataError(`${name}: the table has no rows with numbers in every cell.`)
  const answers = label < 0 ? {} : textAnswers(name, labels, options)
  return memoryDataset({
    name,
    format: 'csv',
    detected: sentence(place, table, { rows: values.length / features, features, label, left }),
    kind: 'vector',
    shape: [features],
    values,
    groups: group < 0 ? undefined : groups,
    ...answers,
  })
}

interface Counts {
  rows: number
  features: number
  /** The label column, or -1. */
  label: number
  /** Rows left out. */
  left: number
}

function sentence(
  { name }: Place,
  { columns, hasIndex }: Table,
  { rows, features, label, left }: Counts,
): string {
  return (
    `${name}: ${rows} rows of ${features} numbers, ` +
    `${label < 0 ? 'without labels' : `label column "${printable(columns[label])}"`}` +
    `${hasIndex ? '; a first column without a name (row numbers) left out' : ''}` +
    `${left ? `; ${left} rows with missing or wrong cells left out` : ''}.`
  )
}

/** The first cell that is no number (or an empty label or group), or -1. */
function wrongCell({ cells }: Row, label: number, group: number): number {
  return cells.findIndex((cell, c) =>
    c === label || c === group ? !cell.trim() : numberOf(cell) === undefined,
  )
}

function badCell(name: string, table: Table, { cells, line }: Row, column: number): DataError {
  const where = `${name}, line ${line}, column "${printable(table.columns[column])}"`
  const cell = cells[column].trim()
  return new DataError(
    expected(
      where,
      column >= 0 && cell ? 'a number' : 'a value',
      cell ? printable(cell) : 'nothing',
      'Encode text as numbers and fill in missing values, or leave such rows out with --on-bad-sample skip.',
    ),
  )
}

/** Float32 numbers whose count is not known. */
class GrowingNumbers {
  private values = new Float32Array(1024)
  private length = 0

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float32Array(this.length * 2)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.length++] = value
  }

  take(): Float32Array {
    return this.values.slice(0, this.length)
  }
}
