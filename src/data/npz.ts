import { basename, dirname } from 'node:path'
import { DataError } from '../base/index.js'
import { arrayDataset } from './arrays.js'
import { readSample } from './folder.js'
import { parseNpy } from './npy.js'
import type { Format } from './place.js'
import { chooseSplit } from './splits.js'
import { readZip, type ZipEntry } from './zip.js'

/** What the samples and their labels are called, with or without a split after an underscore. */
const sampleNames = ['x', 'X', 'images', 'data', 'inputs', 'features', 'arr_0']
const labelNames = ['y', 'Y', 'labels', 'label', 'targets', 'target', 'arr_1']

interface Part {
  x: ZipEntry
  y?: ZipEntry
}

/** numpy's archive of arrays: `x` and `y`, or `x_train`, `y_train`, `x_test`, `y_test`. */
export const npz: Format = {
  name: 'npz',
  describe: '.npz (numpy) with x and optionally y, or x_train, y_train, x_test, y_test',
  matches: ({ extension }) => extension === '.npz',
  open: async (place, options) => {
    const bytes = await readSample(dirname(place.path), basename(place.path))
    const entries = new Map(
      readZip(bytes, place.name).map(entry => [entry.name.replace(/\.npy$/, ''), entry]),
    )
    const parts = partsOf(entries)
    if (!parts.size)
      throw new DataError(
        `${place.name}: expected an array x (or images, data, x_train, ...), found ` +
          `${[...entries.keys()].slice(0, 8).join(', ') || 'nothing'}.`,
      )
    const splits = [...parts.keys()].filter(Boolean)
    const split = chooseSplit(place.name, splits, options)
    const { x, y } = parts.get(split ?? '')!
    const name = split ? `${place.name}:${split}` : place.name
    const read = (entry: ZipEntry) => parseNpy(entry.read(), `${place.name}/${entry.name}`)
    return arrayDataset({ name, format: 'npz', split, splits }, read(x), y && read(y), options)
  },
}

/** Samples with their labels by split; the split of plain `x` is the empty text. */
function partsOf(entries: Map<string, ZipEntry>): Map<string, Part> {
  const parts = new Map<string, Part>()
  for (const [name, x] of entries) {
    const match = new RegExp(
      `^(?:(${sampleNames.join('|')})_(\\w+)|(\\w+)_(images|x|X|data)|(${sampleNames.join('|')}))$`,
    ).exec(name)
    if (!match) continue
    const split = match[2] ?? match[3] ?? ''
    const y = labelNames
      .flatMap(label => (split ? [`${label}_${split}`, `${split}_${label}`] : [label]))
      .find(label => entries.has(label))
    if (!parts.has(split)) parts.set(split, { x, y: y === undefined ? undefined : entries.get(y) })
  }
  // a plain x beside splits would be a second naming of the same samples
  if (parts.size > 1) parts.delete('')
  return parts
}
