import { dirname } from 'node:path'
import { DataError, expected } from '../../base/index.js'
import { groupColumn, groupIn, labelColumn, type Table } from '../codecs/table.js'
import type { Dataset } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { filesDataset } from '../sources/files.js'
import { checkRelativePath, printable } from '../sources/folder.js'
import { textAnswers } from './answers.js'
import { decodingOf, mediaOf } from './media.js'
import type { Place } from './place.js'

/** A table of file paths, relative to the table's folder, with a label column. Throws DataError. */
export async function openPathTable(
  place: Place,
  table: Table,
  path: number,
  options: DataOptions,
): Promise<Dataset> {
  const group = groupColumn(table, options)
  const label = labelColumn(table, options, [path, group])
  const paths: string[] = []
  const labels: string[] = []
  const groups: string[] = []
  for await (const row of table.rows()) {
    const { cells, line } = row
    const relative = cells[path].trim().replace(/^\.\//, '')
    checkRelativePath(relative, `${place.name}, line ${line}`)
    paths.push(relative)
    if (label >= 0) labels.push(cells[label].trim())
    if (group >= 0) groups.push(groupIn(row, group, place.name))
  }
  const root = dirname(place.path)
  const media = mediaOf(place, paths)
  const other = paths.find(file => !media.has(file))
  if (other !== undefined)
    throw new DataError(
      expected(place.name, `${media.plural} only, like the first ones`, printable(other)),
    )
  const decoding = await decodingOf(media, root, paths, options)
  const answers = label < 0 ? undefined : textAnswers(place.name, labels, options)
  return filesDataset({
    name: place.name,
    format: 'csv',
    detected:
      `${place.name}: ${paths.length} ${media.plural} named in column "${printable(table.columns[path])}", ` +
      `${answers ? `${answers.classes ? `${answers.classes.length} classes` : 'targets'} in column "${printable(table.columns[label])}"` : 'without labels'}` +
      `${media.describe(decoding)}.`,
    root,
    files: paths,
    decoding,
    groups: group < 0 ? undefined : groups,
    ...answers,
  })
}
