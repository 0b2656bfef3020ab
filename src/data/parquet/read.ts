import { mkdir, open, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { DataError, expected } from '../../base/index.js'
import { printable } from '../sources/folder.js'

/** What is done in a child process, because a damaged file can keep the decoder busy for ever. */

/** A label as it stands in the file; `null` where there is none. */
export type Cell = string | number | null

export interface ParquetTable {
  columns: string[]
  /** Rows of each row group, file by file. */
  groups: number[][]
  /** The column of encoded images or recordings. */
  media?: string
  /** Columns of plain numbers. */
  numbers: string[]
  label?: { column: string; cells: Cell[]; names?: string[] }
  group?: { column: string; cells: Cell[] }
}

export interface DescribePayload {
  files: string[]
  /** The label column; `none` for none. */
  label?: string
  group?: string
}

export interface UnpackPayload {
  file: string
  column: string
  rowStart: number
  rowEnd: number
  /** Where the cells go, each in a file named by its row. */
  folder: string
}

export interface NumbersPayload {
  files: string[]
  columns: string[]
}

const MAX_ROWS = 100_000_000

/** Columns, row groups and labels of files that belong together. */
export async function describe({ files, label, group }: DescribePayload): Promise<ParquetTable> {
  let table: ParquetTable | undefined
  for (const path of files)
    await withFile(path, async (file, metadata) => {
      const here = shapeOf(metadata, { label, group }, path)
      table ??= { ...here, groups: [] }
      if (here.columns.join() !== table.columns.join())
        throw new DataError(`${basename(path)}: its columns are not those of the first file.`)
      table.groups.push(groupsOf(metadata, path))
      for (const named of [table.label, table.group])
        if (named) named.cells = named.cells.concat(await cellsOf(file, metadata, named.column))
    })
  return table!
}

/** Writes each cell of a row group's media column into a file of its own. */
export async function unpack({
  file: path,
  column,
  rowStart,
  rowEnd,
  folder,
}: UnpackPayload): Promise<void> {
  await mkdir(folder, { recursive: true })
  await withFile(path, async (file, metadata) => {
    const rows = await parquetReadObjects({
      file,
      metadata,
      columns: [column],
      rowStart,
      rowEnd,
      compressors,
      utf8: false,
    })
    for (const [n, row] of rows.entries()) {
      const bytes = bytesOf(row[column])
      if (bytes) await writeFile(join(folder, String(rowStart + n)), bytes)
    }
  })
}

/** All rows of numeric columns, row-major. */
export async function numbers({ files, columns }: NumbersPayload): Promise<Float32Array> {
  const parts: Float32Array[] = []
  for (const path of files)
    await withFile(path, async (file, metadata) => {
      const rows = await parquetReadObjects({ file, metadata, columns, compressors })
      const part = new Float32Array(rows.length * columns.length)
      rows.forEach((row, r) => {
        columns.forEach((column, c) => {
          const value = numberOf(row[column])
          if (value === undefined)
            throw new DataError(
              expected(
                `${basename(path)}, row ${r}, column "${printable(column)}"`,
                'a finite number',
                String(row[column] ?? 'nothing'),
              ),
            )
          part[r * columns.length + c] = value
        })
      })
      parts.push(part)
    })
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

async function withFile(
  path: string,
  use: (file: AsyncBuffer, metadata: FileMetaData) => Promise<void>,
): Promise<void> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const file: AsyncBuffer = {
      byteLength: size,
      slice: async (start, end = size) => {
        const [from, to] = [Math.max(0, start), Math.min(size, end)]
        const bytes = new Uint8Array(Math.max(0, to - from))
        await handle.read(bytes, 0, bytes.length, from)
        return bytes.buffer
      },
    }
    await use(file, await parquetMetadataAsync(file))
  } catch (thrown) {
    const error = thrown as Error
    if (error instanceof DataError) throw error
    // other classes are of the decoder stumbling over what it never expected
    const isKnown = Object.getPrototypeOf(error) === Error.prototype
    const reason = isKnown ? ` (${error.message.replaceAll('undefined', 'none')})` : ''
    throw new DataError(`${basename(path)}: not a Parquet file, or damaged${reason}.`)
  } finally {
    await handle.close()
  }
}

const usualLabels = ['label', 'labels', 'class', 'target', 'category', 'fine_label']

function shapeOf(
  metadata: FileMetaData,
  asked: Pick<DescribePayload, 'label' | 'group'>,
  path: string,
): Omit<ParquetTable, 'groups'> {
  const { children } = parquetSchema(metadata)
  const columns = children.map(column => column.element.name)
  const features = featuresOf(metadata)
  const media = children.find(isMedia)?.element.name
  const numeric = children.filter(isNumeric).map(column => column.element.name)
  const classLabel = columns.find(name => features[name]?._type === 'ClassLabel')
  const { group } = asked
  const usual = usualLabels.find(name => columns.includes(name))
  const fallback =
    classLabel ?? usual ?? (media ? undefined : columns.filter(name => name !== group).at(-1))
  const column = asked.label === 'none' ? undefined : (asked.label ?? fallback)
  requireColumn(columns, column, '--label', path)
  requireColumn(columns, group, '--group', path)
  const names = column === undefined ? undefined : namesOf(features[column])
  return {
    columns,
    media,
    numbers: numeric.filter(name => name !== column && name !== group),
    group: group === undefined ? undefined : { column: group, cells: [] },
    label: column === undefined ? undefined : { column, cells: [], names },
  }
}

function requireColumn(
  columns: readonly string[],
  asked: string | undefined,
  flag: string,
  path: string,
): void {
  if (asked === undefined || columns.includes(asked)) return
  const shown = columns.slice(0, 8).map(printable).join(', ')
  throw new DataError(expected(flag, `a column of ${basename(path)} (${shown})`, asked))
}

interface Feature {
  _type?: unknown
  names?: unknown
}

/** Hugging Face's description of the columns, in the file's own metadata. */
function featuresOf(metadata: FileMetaData): Record<string, Feature | undefined> {
  try {
    const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value
    const features = JSON.parse(text ?? '{}').info?.features
    return typeof features === 'object' && features ? { ...features } : {}
  } catch {
    return {}
  }
}

/** Class names, a list or an object from number to name. */
function namesOf(feature: Feature | undefined): string[] | undefined {
  const names = feature?.names
  if (typeof names !== 'object' || !names) return undefined
  const list = Object.values(names).map(String)
  return list.length ? list : undefined
}

/** Bytes, or a record with a field `bytes`. */
function isMedia({ element, children }: SchemaTree): boolean {
  if (children.length)
    return children.some(child => child.element.name === 'bytes' && isMedia(child))
  const isText = element.converted_type === 'UTF8' || element.logical_type?.type === 'STRING'
  return element.type === 'BYTE_ARRAY' && !isText && element.repetition_type !== 'REPEATED'
}

const numericTypes: ReadonlySet<string | undefined> = new Set([
  'BOOLEAN',
  'INT32',
  'INT64',
  'FLOAT',
  'DOUBLE',
])

const isNumeric = ({ element, children }: SchemaTree) =>
  !children.length && numericTypes.has(element.type) && element.repetition_type !== 'REPEATED'

function groupsOf(metadata: FileMetaData, path: string): number[] {
  const groups = metadata.row_groups.map(group => Number(group.num_rows))
  const rows = groups.reduce((sum, count) => sum + count, 0)
  if (groups.some(count => count < 0) || rows > MAX_ROWS || rows * metadata.row_groups.length < 0)
    throw new DataError(expected(basename(path), `at most ${MAX_ROWS} rows`, rows))
  return groups.filter(count => count > 0)
}

async function cellsOf(file: AsyncBuffer, metadata: FileMetaData, column: string): Promise<Cell[]> {
  const rows = await parquetReadObjects({ file, metadata, columns: [column], compressors })
  return rows.map(row => {
    const value: unknown = row[column]
    return typeof value === 'string' ? value : (numberOf(value) ?? null)
  })
}

function numberOf(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean')
    return undefined
  const number = Number(value)
  return Number.isFinite(Math.fround(number)) ? number : undefined
}

function bytesOf(cell: unknown): Uint8Array | undefined {
  const value = typeof cell === 'object' && cell && 'bytes' in cell ? cell.bytes : cell
  return value instanceof Uint8Array && value.length ? value : undefined
}
