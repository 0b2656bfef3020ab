import { extname, join } from 'node:path'
import { DataError, expected } from '../../base/index.js'
import { groupColumn, groupIn, openTable, type Table } from '../codecs/table.js'
import type { Dataset } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { filesDataset } from '../sources/files.js'
import { checkRelativePath, listFolder, printable, readSample } from '../sources/folder.js'
import { textAnswers } from './answers.js'
import { decodingOf, mediaOf } from './media.js'
import { type Format, lookAt, type Place } from './place.js'
import { chooseSplit, splitMeaning } from './splits.js'

const names = ['metadata.csv', 'metadata.jsonl']
const PATH_COLUMN = 'file_name'

/** Hugging Face's ImageFolder and AudioFolder: a metadata file with `file_name` and a label column. */
export const metadataFolder: Format = {
  name: 'metadata',
  describe:
    'folder with metadata.csv or metadata.jsonl (Hugging Face): file_name and a label column',
  matches: async place => place.listing !== undefined && (await metadataOf(place)).length > 0,
  open: openMetadata,
}

/** The folders (relative, "" for the place itself) that hold a metadata file. */
async function metadataOf({ path, listing }: Place): Promise<{ folder: string; file: string }[]> {
  const own = names.find(name => listing!.files.includes(name))
  if (own) return [{ folder: '', file: own }]
  const found = []
  for (const folder of listing!.folders.filter(name => splitMeaning(name) !== undefined)) {
    const { files } = await listFolder(path, join(path, folder))
    const file = names.find(name => files.includes(name))
    if (file) found.push({ folder, file })
  }
  return found
}

interface Named {
  file: string
  label?: string
  group?: string
}

async function openMetadata(place: Place, options: DataOptions): Promise<Dataset> {
  const metadata = await metadataOf(place)
  const rows: Named[] = []
  for (const { folder, file } of metadata)
    rows.push(...(await readNamed(place, folder, file, options)))
  const splitOf = ({ file }: Named) => {
    const [top, ...rest] = file.split('/')
    return rest.length && splitMeaning(top) !== undefined ? top : undefined
  }
  const splits = [...new Set(rows.map(splitOf).filter(split => split !== undefined))]
  const split = chooseSplit(place.name, splits, options)
  const name = split ? `${place.name}:${split}` : place.name
  const chosen = split ? rows.filter(row => splitOf(row) === split) : rows
  const files = chosen.map(row => row.file)
  const media = mediaOf(place, files)
  const decoding = await decodingOf(media, place.path, files, options)
  // classes come from all splits, so that a label means the same in each
  const classes = options.classes ?? classesOf(rows)
  const answers = chosen.every(row => row.label !== undefined)
    ? textAnswers(
        name,
        chosen.map(row => row.label!),
        { ...options, classes },
      )
    : undefined
  return filesDataset({
    name,
    format: 'metadata',
    detected:
      `${name}: ${files.length} ${media.plural} named in ${metadata[0].file}, ` +
      `${answers?.classes ? `${answers.classes.length} classes` : answers ? 'numeric targets' : 'without labels'}${media.describe(decoding)}.`,
    root: place.path,
    files,
    decoding,
    groups: options.group === undefined ? undefined : chosen.map(row => row.group!),
    ...answers,
    split,
    splits,
  })
}

/** Class names when the labels are text; numbers speak for themselves. */
function classesOf(rows: readonly Named[]): string[] | undefined {
  const labels = [...new Set(rows.map(row => row.label).filter(label => label !== undefined))]
  return labels.some(label => Number.isNaN(Number(label))) ? labels.sort() : undefined
}

async function readNamed(
  place: Place,
  folder: string,
  file: string,
  options: DataOptions,
): Promise<Named[]> {
  const where = join(place.name, folder, file)
  const inner = (await lookAt(join(place.path, folder, file)))!
  const table = file.endsWith('.jsonl')
    ? await jsonLines(place.path, join(folder, file), where)
    : await openTable(inner)
  const path = table.columns.indexOf(PATH_COLUMN)
  if (path < 0)
    throw new DataError(
      expected(
        where,
        `a column ${PATH_COLUMN}`,
        table.columns.slice(0, 8).map(printable).join(', '),
      ),
    )
  const label = labelOf(table, options, where)
  const named: Named[] = []
  const group = groupColumn(table, options)
  for await (const row of table.rows()) {
    const { cells, line } = row
    const relative = cells[path].trim().replace(/^\.\//, '')
    checkRelativePath(relative, `${where}, line ${line}`)
    if (!extname(relative))
      throw new DataError(
        expected(`${where}, line ${line}`, 'the name of a file', printable(relative)),
      )
    named.push({
      file: folder ? `${folder}/${relative}` : relative,
      label: label < 0 ? undefined : cells[label].trim(),
      group: group < 0 ? undefined : groupIn(row, group, where),
    })
  }
  return named
}

/** The column asked for, else one called label, class, target or category, else the only other one. */
function labelOf(table: Table, { label, group }: DataOptions, where: string): number {
  if (label === 'none') return -1
  if (label !== undefined) {
    const index = table.columns.indexOf(label)
    if (index >= 0) return index
    throw new DataError(
      expected(
        '--label',
        `a column of ${where} (${table.columns.map(printable).join(', ')})`,
        label,
      ),
    )
  }
  const usual = ['label', 'labels', 'class', 'target', 'category'].find(name =>
    table.columns.includes(name),
  )
  if (usual) return table.columns.indexOf(usual)
  const others = table.columns.filter(name => name !== PATH_COLUMN && name !== group)
  return others.length === 1 ? table.columns.indexOf(others[0]) : -1
}

/** One JSON object a line; the columns are those of the first line. */
async function jsonLines(root: string, file: string, where: string): Promise<Table> {
  const text = Buffer.from(await readSample(root, file)).toString('utf8')
  const lines = text.split('\n')
  const parse = (line: number): Record<string, unknown> => {
    try {
      const value: unknown = JSON.parse(lines[line])
      if (typeof value === 'object' && value && !Array.isArray(value))
        return value as Record<string, unknown>
    } catch {}
    throw new DataError(`${where}, line ${line + 1}: not a JSON object.`)
  }
  const begin = lines.findIndex(line => line.trim())
  if (begin < 0) throw new DataError(`${where}: the table is empty.`)
  const columns = Object.keys(parse(begin))
  return {
    columns,
    hasIndex: false,
    rows: async function* () {
      for (let line = begin; line < lines.length; line++) {
        if (!lines[line].trim()) continue
        const value = parse(line)
        const cells = columns.map(name => (Object.hasOwn(value, name) ? cellOf(value[name]) : ''))
        yield { cells, line: line + 1 }
      }
    },
  }
}

const cellOf = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
