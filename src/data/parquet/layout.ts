import { createHash } from 'node:crypto'
import { basename, extname, join } from 'node:path'
import { DataError, expected } from '../../base/index.js'
import { sha256File } from '../../record/index.js'
import { imageFormat } from '../codecs/image.js'
import type { Dataset } from '../dataset.js'
import { type Answers, namedLabels, numericAnswers } from '../layouts/answers.js'
import { audio, decodingOf, image } from '../layouts/media.js'
import type { Format, Place } from '../layouts/place.js'
import { chooseSplit, splitMeaning } from '../layouts/splits.js'
import type { DataOptions } from '../options.js'
import { filesDataset } from '../sources/files.js'
import { listFolder, printable, readSample } from '../sources/folder.js'
import { memoryDataset } from '../sources/memory.js'
import { idOfText } from '../sources/text-id.js'
import { parquetAct } from './act.js'
import type { ParquetTable } from './read.js'
import { rowGroups, Unpacked } from './unpacked.js'

/** Numbers that a table may hold, as they are kept in memory. */
const maxNumbers = 2 ** 28

const isParquet = (file: string) => extname(file).toLowerCase() === '.parquet'

/** Parquet files: Hugging Face image or audio columns, or plain numbers; shards and splits by name. */
export const parquet: Format = {
  name: 'parquet',
  describe:
    '.parquet, or a folder of them (train-00000-of-00002.parquet): image or audio column, or numbers',
  matches: async place =>
    place.listing ? (await shardsOf(place)).length > 0 : place.extension === '.parquet',
  open: openParquet,
}

interface Shard {
  path: string
  split?: string
}

/** Files of the folder, of `data/`, or of split folders; the split is what their name begins with. */
async function shardsOf({ path, listing }: Place): Promise<Shard[]> {
  const inside = async (folder: string) =>
    (await listFolder(path, join(path, folder))).files
      .filter(isParquet)
      .map(file => join(path, folder, file))
  const own = listing!.files.filter(isParquet).map(file => join(path, file))
  const data = listing!.folders.includes('data') && !own.length ? await inside('data') : []
  const named = [...own, ...data].map(file => ({ path: file, split: splitOfName(basename(file)) }))
  if (named.length) return named
  const shards: Shard[] = []
  for (const split of listing!.folders.filter(name => splitMeaning(name) !== undefined))
    shards.push(...(await inside(split)).map(file => ({ path: file, split })))
  return shards
}

const splitOfName = (file: string) => {
  const [word] = file.split(/[-_.]/)
  return splitMeaning(word) === undefined ? undefined : word
}

async function openParquet(place: Place, options: DataOptions): Promise<Dataset> {
  const shards = place.listing ? await shardsOf(place) : [{ path: place.path }]
  const splits = [
    ...new Set(shards.map(({ split }: Shard) => split).filter(split => split !== undefined)),
  ]
  const split = chooseSplit(place.name, splits, options)
  const files = shards
    .filter(shard => shard.split === split || split === undefined)
    .map(shard => shard.path)
  const name = split ? `${place.name}:${split}` : place.name
  const table = await parquetAct('describe', files, {
    files,
    label: options.label,
    group: options.group,
  })
  const rows = table.groups.flat().reduce((sum, count) => sum + count, 0)
  if (!rows) throw new DataError(`${name}: there are no rows in it.`)
  const opened: Opened = {
    name,
    files,
    table,
    rows,
    answers: answersOf(name, table, options),
    groups: groupsOf(name, table),
    hash: once(() => hashOf(files)),
  }
  const dataset =
    table.media === undefined
      ? await openNumbers(opened)
      : await openMedia(opened, table.media, options)
  return { ...dataset, split, splits }
}

interface Opened {
  name: string
  files: string[]
  table: ParquetTable
  rows: number
  answers?: Answers
  groups?: string[]
  hash: () => Promise<string>
}

function answersOf(
  name: string,
  { label }: ParquetTable,
  options: DataOptions,
): Answers | undefined {
  if (!label) return undefined
  const missing = label.cells.indexOf(null)
  const where = `${name}, column "${printable(label.column)}"`
  if (missing >= 0)
    throw new DataError(
      expected(
        `${where}, row ${missing}`,
        'a label',
        'nothing',
        'Say --label none to use the data without labels.',
      ),
    )
  if (label.cells.some(cell => typeof cell === 'string'))
    return namedLabels(where, label.cells.map(String), options)
  const { classes = label.names, task = classes ? 'classification' : undefined } = options
  return numericAnswers(where, label.cells as number[], { ...options, classes, task })
}

function groupsOf(name: string, { group }: ParquetTable): string[] | undefined {
  return group?.cells.map((cell, row) => {
    if (cell !== null && cell !== '') return String(cell)
    const where = `${name}, column "${printable(group.column)}", row ${row}`
    throw new DataError(expected(where, 'a group', 'nothing'))
  })
}

async function openNumbers({
  name,
  files,
  table,
  rows,
  answers,
  groups,
  hash,
}: Opened): Promise<Dataset> {
  const { numbers: columns, columns: all, label } = table
  const named = [label?.column, table.group?.column]
  const other = all.find(column => !columns.includes(column) && !named.includes(column))
  if (other !== undefined || !columns.length)
    throw new DataError(
      expected(
        name,
        'numeric columns and a label, or an image or audio column',
        other === undefined ? 'no feature column' : `the column "${printable(other)}"`,
      ),
    )
  if (rows * columns.length > maxNumbers)
    throw new DataError(expected(name, `at most ${maxNumbers} numbers`, rows * columns.length))
  return {
    ...memoryDataset({
      name,
      format: 'parquet',
      detected: `${name}: ${rows} rows of ${columns.length} numbers in ${plural(files)}, ${labelText(label?.column, answers)}.`,
      kind: 'vector',
      shape: [columns.length],
      values: await parquetAct('numbers', files, { files, columns }),
      groups,
      ...answers,
    }),
    hashed: 'all bytes of the files',
    sha256: hash,
  }
}

async function openMedia(
  { name, files, table, rows, answers, groups, hash }: Opened,
  column: string,
  options: DataOptions,
): Promise<Dataset> {
  const { list, ends } = rowGroups(files, table.groups)
  const unpacked = new Unpacked(list, column)
  const groupOf = (index: number) => ends.findIndex(end => index < end)
  const cells = list.flatMap(({ folder, rowStart, rowEnd }) =>
    Array.from({ length: rowEnd - rowStart }, (_, n) => `${folder}/${rowStart + n}`),
  )
  const { failed, release } = await unpacked.hold(new Set([0]))
  if (failed.size) throw new DataError([...failed.values()][0])
  const first = cells.slice(0, ends[0])
  const media = await mediaOfCells(name, unpacked.root, first)
  const decoding = await decodingOf(media, unpacked.root, first, options)
  release()
  const inner = filesDataset({
    name,
    format: 'parquet',
    detected: `${name}: ${rows} ${media.plural} in column "${printable(column)}" of ${plural(files)}, ${labelText(table.label?.column, answers)}${media.describe(decoding)}.`,
    root: unpacked.root,
    files: cells,
    decoding,
    groups,
    ...answers,
  })
  return {
    ...inner,
    blocks: ends,
    hashed: 'all bytes of the files',
    sha256: hash,
    id: index => idOfText(cells[index]),
    read: async (index, out) => {
      const { failed, release } = await unpacked.hold(new Set([groupOf(index)]))
      const reason = failed.get(groupOf(index))
      if (reason !== undefined) throw new DataError(reason)
      await Promise.resolve(inner.read(index, out)).finally(release)
    },
    readMany: async (indices, out) => {
      const { failed, release } = await unpacked.hold(new Set(Array.from(indices, groupOf)))
      const failures = await inner.readMany!(indices, out).finally(release)
      return failures.map((reason, n) => failed.get(groupOf(indices[n])) ?? reason)
    },
  }
}

/** Images or recordings, by the first bytes of the first cell that has any. */
async function mediaOfCells(name: string, root: string, cells: readonly string[]) {
  for (const cell of cells) {
    const bytes = await readSample(root, cell).catch(() => undefined)
    if (bytes) return imageFormat(bytes) ? image : audio
  }
  throw new DataError(
    `${name}: the first ${cells.length} cells of the image or audio column are empty.`,
  )
}

const plural = (files: readonly string[]) =>
  files.length === 1 ? basename(files[0]) : `${files.length} Parquet files`

function labelText(column: string | undefined, answers: Answers | undefined): string {
  if (column === undefined || !answers) return 'without labels'
  return `${answers.classes ? `${answers.classes.length} classes` : 'numeric targets'} in column "${printable(column)}"`
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

async function hashOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${basename(file)} ${await sha256File(file)}\n`)
  return hash.digest('hex')
}
