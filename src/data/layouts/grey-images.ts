import { DataError, expected } from '../../base/index.js'
import type { IdxArray } from '../codecs/idx.js'
import type { Dataset } from '../dataset.js'
import { memoryDataset } from '../sources/memory.js'

export interface LabelledImages {
  name: string
  format: string
  images: IdxArray
  labels?: IdxArray
  split?: string
  splits?: readonly string[]
  /** Number of classes, where it is known; default: the highest label plus one. */
  classes?: number
}

/** Bytes `[samples, height, width]` with one label each, as grey images. Throws DataError. */
export function labelledImages(source: LabelledImages): Dataset {
  const { name, format, images, labels, split, splits } = source
  const [count, height, width] = images.shape
  if (images.shape.length !== 3 || !height || !width)
    throw new DataError(
      expected(name, 'images [samples, height, width]', `the shape [${images.shape.join(', ')}]`),
    )
  if (!count) throw new DataError(`${name}: there are no samples in it.`)
  if (labels && (labels.shape.length !== 1 || labels.shape[0] !== count))
    throw new DataError(
      expected(
        name,
        `one label for each of ${count} images`,
        `labels [${labels.shape.join(', ')}]`,
      ),
    )
  const highest = labels ? labels.values.reduce((most, label) => Math.max(most, label), 0) : -1
  const classes = source.classes ?? highest + 1
  if (highest >= classes)
    throw new DataError(expected(name, `labels from 0 to ${classes - 1}`, highest))
  return memoryDataset({
    name,
    format,
    detected: `${name}: ${count} grey images ${height}x${width}${labels ? ` in ${classes} classes` : ', without labels'}.`,
    kind: 'image',
    shape: [1, height, width],
    values: images.values,
    labels: labels && Int32Array.from(labels.values),
    classes: labels && Array.from({ length: classes }, (_, label) => String(label)),
    split,
    splits,
  })
}
