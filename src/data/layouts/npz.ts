import { basename, dirname } from 'node:path'
import { DataError } from '../../base/index.js'
import { parseNpy } from '../codecs/npy.js'
import { readZip } from '../codecs/zip.js'
import { readSample } from '../sources/folder.js'
import { arrayDataset } from './arrays.js'
import type { Format } from './place.js'
import { chooseSplit } from './splits.js'

/** What the samples and their labels are called, with or without a split after an underscore. */
const sampleNames = ['x', 'X', 'images', 'data', 'inputs', 'features', 'arr_0']
const labelNames = ['y', 'Y', 'labels', 'label', 'targets', 'target', 'arr_1']

export interface ArrayPart {
  x: string
  y?: string
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
    const parts = arrayParts(new Set(entries.keys()))
    if (!parts.size)
      throw new DataError(
        `${place.name}: expected an array x (or images, data, x_train, ...), found ` +
          `${[...entries.keys()].slice(0, 8).join(', ') || 'nothing'}.`,
      )
    const splits = [...parts.keys()].filter(Boolean)
    const split = chooseSplit(place.name, splits, options)
    const { x, y } = parts.get(split ?? '')!
    const name = split ? `${place.name}:${split}` : place.name
    const read = (array: string) => parseNpy(entries.get(array)!.read(), `${place.name}/${array}`)
    const labels = y === undefined ? undefined : read(y)
    return arrayDataset({ name, format: 'npz', split, splits }, read(x), labels, options)
  },
}

const [plain, before] = [sampleNames.join('|'), ['images', 'x', 'X', 'data'].join('|')]
const sampleName = new RegExp(`^(?:(?:${plain})_(\\w+)|(\\w+)_(?:${before})|(?:${plain}))$`)

/**
 * Which arrays are samples and which are their labels, by split; without splits the split is the
 * empty text. `train_images` and `images_train` are both understood.
 */
export function arrayParts(names: ReadonlySet<string>): Map<string, ArrayPart> {
  const parts = new Map<string, ArrayPart>()
  for (const x of names) {
    const match = sampleName.exec(x)
    if (!match) continue
    const split = match[1] ?? match[2] ?? ''
    const candidates = labelNames.flatMap(label =>
      split ? [`${label}_${split}`, `${split}_${label}`] : [label],
    )
    const y = candidates.find(label => names.has(label))
    if (!parts.has(split)) parts.set(split, { x, y })
  }
  // a plain x beside splits would be a second naming of the same samples
  if (parts.size > 1) parts.delete('')
  return parts
}
