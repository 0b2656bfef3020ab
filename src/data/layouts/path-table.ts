import { dirname } from 'node:path'
import { DataError, expected } from '../../base/index.js'
import { labelColumn, type Table } from '../codecs/table.js'
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
  const last = table.columns.length - 1
  const label = labelColumn(table, options, path === last ? last - 1 : last)
  if (label === path)
    throw new DataError(expected('--label', 'another column than the paths', table.columns[label]))
  const paths: string[] = []
  const labels: string[] = []
  for await (const { cells, line } of table.rows()) {
    const relative = cells[path].trim().replace(/^\.\//, '')
    checkRelativePath(relative, `${place.name}, line ${line}`)
    paths.push(relative)
    if (label >= 0) labels.push(cells[label].trim())
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
    ...answers,
  })
}
