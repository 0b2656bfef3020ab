import { basename, dirname } from 'node:path'
import { parseNpy } from '../codecs/npy.js'
import { readSample } from '../sources/folder.js'
import { arrayDataset } from './arrays.js'
import { arrayParts } from './npz.js'
import type { Format } from './place.js'
import { chooseSplit } from './splits.js'

/** numpy arrays side by side: `x.npy` and `y.npy`, or `x_train.npy`, `y_train.npy`, ...; or one alone. */
export const npyPair: Format = {
  name: 'npy',
  describe: 'folder with x.npy and y.npy (or x_train.npy, ...), or one .npy file of samples',
  matches: ({ extension, listing }) =>
    extension === '.npy' || arrayParts(new Set(stems(listing?.files ?? []))).size > 0,
  open: async (place, options) => {
    const read = async (folder: string, file: string) =>
      parseNpy(await readSample(folder, file), file)
    if (!place.listing) {
      const x = await read(dirname(place.path), basename(place.path))
      return arrayDataset({ name: place.name, format: 'npy' }, x, undefined, options)
    }
    const parts = arrayParts(new Set(stems(place.listing.files)))
    const splits = [...parts.keys()].filter(Boolean)
    const split = chooseSplit(place.name, splits, options)
    const name = split ? `${place.name}:${split}` : place.name
    const { x, y } = parts.get(split ?? '')!
    return arrayDataset(
      { name, format: 'npy', split, splits },
      await read(place.path, `${x}.npy`),
      y === undefined ? undefined : await read(place.path, `${y}.npy`),
      options,
    )
  },
}

const stems = (files: readonly string[]) =>
  files.filter(file => file.endsWith('.npy')).map(file => file.slice(0, -'.npy'.length))
