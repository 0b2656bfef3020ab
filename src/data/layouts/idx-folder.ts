import { join } from 'node:path'
import { DataError } from '../../base/index.js'
import { readGzip } from '../codecs/gzip.js'
import { type IdxArray, parseIdx } from '../codecs/idx.js'
import { readSample } from '../sources/folder.js'
import { type LabelledImages, labelledImages } from './grey-images.js'
import type { Format, Place } from './place.js'
import { chooseSplit, splitMeaning } from './splits.js'

const imagesFile = /^(.*?)[-_.]?images[-.]idx3-ubyte(\.gz)?$/

/** MNIST's own layout: `train-images-idx3-ubyte[.gz]` with `train-labels-idx1-ubyte[.gz]` beside it. */
export const idxFolder: Format = {
  name: 'idx',
  describe: 'folder with IDX files (MNIST): *-images-idx3-ubyte[.gz] and *-labels-idx1-ubyte[.gz]',
  matches: ({ listing }) => listing?.files.some(name => imagesFile.test(name)) ?? false,
  open: async (place, options) => {
    const parts = new Map(
      place.listing!.files.filter(name => imagesFile.test(name)).map(name => [splitOf(name), name]),
    )
    const split = chooseSplit(place.name, [...parts.keys()], options)!
    const images = parts.get(split)!
    const source: LabelledImages = {
      name: `${place.name}:${split}`,
      format: 'idx',
      images: await readIdx(place, images),
      labels: await readLabels(place, images),
      split,
      splits: [...parts.keys()],
    }
    return labelledImages(source)
  },
}

/** `train`, `t10k` (which is `test`), or whatever stands before `images`. */
function splitOf(name: string): string {
  const prefix = imagesFile.exec(name)![1]
  const last = prefix.split(/[-_.]/).at(-1)!
  return last === 't10k' ? 'test' : (splitMeaning(last) ?? (prefix || 'all'))
}

async function readLabels(place: Place, images: string): Promise<IdxArray | undefined> {
  const stem = images.replace(/images([-.])idx3-ubyte(\.gz)?$/, 'labels$1idx1-ubyte')
  const name = place.listing!.files.find(file => file === stem || file === `${stem}.gz`)
  return name === undefined ? undefined : readIdx(place, name)
}

async function readIdx(place: Place, name: string): Promise<IdxArray> {
  const bytes = await readSample(place.path, name)
  const where = join(place.name, name)
  const array = parseIdx(name.endsWith('.gz') ? await readGzip(bytes, where) : bytes, where)
  if (array.values.length === 0) throw new DataError(`${where}: there are no samples in it.`)
  return array
}
