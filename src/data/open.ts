import { extname, join } from 'node:path'
import { DataError, didYouMean, expected } from '../base/index.js'
import type { Dataset } from './dataset.js'
import { readings } from './layouts/arrays.js'
import { openFashionMnist } from './layouts/fashion-mnist.js'
import { formats } from './layouts/formats.js'
import { openMnist } from './layouts/mnist.js'
import { npyPair } from './layouts/npy-pair.js'
import { npz } from './layouts/npz.js'
import { lookAt, type Place } from './layouts/place.js'
import type { DataOptions } from './options.js'
import { everyKth, first, limit } from './sampling/choose.js'
import { onlyReadable } from './sampling/readable.js'

import { conform } from './sources/conform.js'
import { listFolder, printable } from './sources/folder.js'
import { keepDecoded } from './sources/kept.js'

type BuiltIn = (options: DataOptions) => Promise<Dataset>

/** Data sets known by name. */
export const builtIns: Record<string, BuiltIn> = {
  mnist: openMnist,
  'fashion-mnist': openFashionMnist,
}

/**
 * Opens a data set by name or path, with its split after a colon: `mnist`, `fashion-mnist:test`,
 * `photos`, `photos:val`. A path's layout is recognised, or told by `format`. Throws DataError when
 * it is missing, damaged or of no known layout.
 */
export async function openData(spec: string, options: DataOptions = {}): Promise<Dataset> {
  const colon = spec.lastIndexOf(':')
  const [name, split] = colon > 0 ? [spec.slice(0, colon), spec.slice(colon + 1)] : [spec]
  const builtIn = builtIns[name]
  if (builtIn) return choose(await builtIn({ ...options, split: split ?? options.split }), options)
  const whole = await lookAt(spec)
  if (whole) return choose(await openPlace(whole, options), options)
  const place = split ? await lookAt(name) : undefined
  if (place) return choose(await openPlace(place, { ...options, split }), options)
  const names = Object.keys(builtIns)
  throw new DataError(
    expected(
      'data',
      `one of ${names.join(', ')}, or a path`,
      spec,
      `There is nothing at that path.${didYouMean(name, names)}`,
    ),
  )
}

async function openPlace(place: Place, options: DataOptions): Promise<Dataset> {
  const { format } = options
  if (format !== undefined && !isReading(format)) return named(format).open(place, options)
  if (format !== undefined) await refuseReading(place, format)
  for (const format of formats) if (await format.matches(place)) return format.open(place, options)
  throw new DataError(
    `${place.name}: ${await unknownContent(place)}. Layouts that are read: ` +
      `${formats.map(format => format.name).join(', ')}.`,
  )
}

const isReading = (format: string) => readings.some(reading => reading === format)

/** Only arrays leave open what their samples are. */
async function refuseReading(place: Place, format: string): Promise<void> {
  if ((await npz.matches(place)) || (await npyPair.matches(place))) return
  throw new DataError(
    `--format ${format}: it says what the arrays of .npz and .npy files are, and ${place.name} is neither.`,
  )
}

/** What is there, where no layout fits. */
async function unknownContent({ path, extension, listing }: Place): Promise<string> {
  if (!listing)
    return `${extension ? `${extension} files` : 'files without an ending'} are not read${adviceFor(extension)}`
  const inner = await Promise.all(
    listing.folders.slice(0, 8).map(folder => listFolder(path, join(path, folder))),
  )
  const files = [listing, ...inner].flatMap(({ files }) => files.slice(0, 1000))
  const outside = [listing, ...inner].flatMap(found => found.outside)
  if (!files.length && outside.length)
    return `it holds only links that lead outside the folder (${printable(outside[0])}), which are not followed; copy the files into it, or give the folder they are in`
  if (!files.length) return 'the folder is empty'
  const extensions = [...new Set(files.map(file => printable(extname(file)) || 'no ending'))]
  const convert = extensions.map(adviceFor).find(text => text) ?? ''
  return `no samples found, only files with ${extensions.slice(0, 6).join(', ')}${convert}`
}

const advice: [extensions: string[], advice: string][] = [
  [['.h5', '.hdf5', '.mat'], 'save the arrays with numpy: np.savez("data.npz", x=x, y=y)'],
  [
    ['.pkl', '.pickle', '.pt', '.pth', '.joblib'],
    'a pickle runs code; save the arrays with numpy: np.savez("data.npz", x=x, y=y)',
  ],
  [['.ogg', '.oga', '.mp3', '.m4a', '.opus', '.aiff'], 'convert them to WAV: sox in.mp3 out.wav'],
  [['.bmp', '.gif', '.tif', '.tiff', '.svg', '.heic', '.avif'], 'convert them to PNG'],
  [['.zip', '.tar', '.gz', '.tgz', '.7z', '.rar'], 'unpack it and point at the folder'],
  [['.tfrecord', '.arrow', '.feather', '.orc'], 'save it as Parquet or .npz'],
  [['.json', '.jsonl', '.xlsx', '.xls'], 'save it as .csv'],
]

function adviceFor(extension: string): string {
  const found = advice.find(([extensions]) => extensions.includes(extension))
  return found ? ` (${found[1]})` : ''
}

function named(name: string) {
  const format = formats.find(f => f.name === name)
  if (format) return format
  const names = [...formats.map(f => f.name), ...readings]
  throw new DataError(
    expected('--format', `one of ${names.join(', ')}`, name, didYouMean(name, names).trim()),
  )
}

/** The shape asked for, then `skip`, `first` and `limit`, then what of it can be read. */
async function choose(dataset: Dataset, options: DataOptions): Promise<Dataset> {
  let chosen = grouped(dataset.immediate ? conform(dataset, options) : dataset, options)
  if (options.skip !== undefined) chosen = everyKth(chosen, options.skip)
  if (options.first !== undefined) chosen = first(chosen, options.first)
  if (options.limit !== undefined) chosen = limit(chosen, options.limit, options.seed ?? 0)
  if (!chosen.readMany) return chosen
  const kept = keepDecoded(chosen, keptBytes(options))
  return options.onBadSample === 'skip' ? onlyReadable(kept) : kept
}

/** Says how many groups a column that was asked for holds. Throws DataError where there is no such column. */
function grouped(dataset: Dataset, { group: column }: DataOptions): Dataset {
  if (column === undefined) return dataset
  const { group, length, detected, name } = dataset
  if (!group || !groupLayouts.has(dataset.format))
    throw new DataError(
      expected(
        '--group',
        'a column of a table (.csv, .tsv, .parquet, metadata.csv)',
        `${printable(column)} of ${name}`,
        group ? 'Its groups are known already.' : '',
      ),
    )
  const groups = new Set(Array.from({ length }, (_, index) => group(index))).size
  const found = `, ${groups} groups in column "${printable(column)}".`
  return { ...dataset, detected: detected.replace(/\.$/, found) }
}

const groupLayouts: ReadonlySet<string> = new Set(['csv', 'parquet', 'metadata'])

const keptBytes = ({ keepMb }: DataOptions) => (keepMb === undefined ? undefined : keepMb * 2 ** 20)
