import { extname } from 'node:path'
import { DataError, expected } from '../../base/index.js'
import type { Dataset } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { readSample } from '../sources/folder.js'
import { memoryDataset } from '../sources/memory.js'
import type { Format, Place } from './place.js'
import { chooseSplit, splitMeaning } from './splits.js'

const PIXELS = 3 * 32 * 32

interface Variant {
  name: string
  /** Label bytes before the pixels; the last one is the class. */
  labelBytes: number
  classes: number
  namesFile: string
}

const variants: readonly Variant[] = [
  { name: 'CIFAR-10', labelBytes: 1, classes: 10, namesFile: 'batches.meta.txt' },
  { name: 'CIFAR-100', labelBytes: 2, classes: 100, namesFile: 'fine_label_names.txt' },
]

/** `data_batch_1.bin`, `test_batch.bin`, `train.bin`, `test.bin`, `validation.bin`. */
const binary = /^(?:(data)_batch_\d+|(\w+?)(?:_batch)?)\.bin$/

/** CIFAR-10 and CIFAR-100 (Krizhevsky 2009), binary version: label byte or bytes, then RGB planes 32x32. */
export const cifar: Format = {
  name: 'cifar',
  describe: 'folder with CIFAR-10 or CIFAR-100 binary files (data_batch_1.bin, test.bin, ...)',
  matches: ({ listing }) =>
    listing?.files.some(name => splitOf(name) !== undefined && extname(name) === '.bin') ?? false,
  open: openCifar,
}

function splitOf(name: string): string | undefined {
  const match = binary.exec(name)
  if (!match) return undefined
  return match[1] ? 'train' : splitMeaning(match[2])
}

async function openCifar(place: Place, options: DataOptions): Promise<Dataset> {
  const files = place.listing!.files.filter(name => splitOf(name) !== undefined)
  const splits = [...new Set(files.map(name => splitOf(name)!))]
  const split = chooseSplit(place.name, splits, options)!
  const chosen = files.filter(name => splitOf(name) === split).sort(byNumber)
  const parts = await Promise.all(chosen.map(name => readSample(place.path, name)))
  const variant = variantOf(place, chosen, parts)
  const { images, labels } = separate(parts, variant, `${place.name}:${split}`)
  return memoryDataset({
    name: `${place.name}:${split}`,
    format: 'cifar',
    detected: `${place.name}:${split}: ${labels.length} images of ${variant.name} (binary), colour, 32x32, ${variant.classes} classes.`,
    kind: 'image',
    shape: [3, 32, 32],
    values: images,
    labels,
    classes: await classNames(place, variant),
    split,
    splits,
  })
}

/** data_batch_10 comes after data_batch_9. */
const byNumber = (a: string, b: string) =>
  Number(/\d+/.exec(a)?.[0] ?? 0) - Number(/\d+/.exec(b)?.[0] ?? 0) || (a < b ? -1 : 1)

/** By the file of class names beside it, else by the record length that divides every file. */
function variantOf(place: Place, names: readonly string[], parts: readonly Uint8Array[]): Variant {
  const fits = ({ labelBytes }: Variant) =>
    parts.every(part => part.length > 0 && part.length % (labelBytes + PIXELS) === 0)
  const named = variants.find(v => place.listing!.files.includes(v.namesFile) && fits(v))
  const found = named ?? variants.find(fits)
  if (found) return found
  const odd = parts.findIndex(part => part.length === 0 || part.length % (PIXELS + 1) !== 0)
  throw new DataError(
    expected(
      `${place.name}/${names[odd]}`,
      `records of ${PIXELS + 1} bytes (CIFAR-10) or ${PIXELS + 2} (CIFAR-100)`,
      `${parts[odd].length} bytes`,
      'The file is cut short or no CIFAR binary.',
    ),
  )
}

function separate(
  parts: readonly Uint8Array[],
  variant: Variant,
  where: string,
): { images: Uint8Array; labels: Int32Array } {
  const record = variant.labelBytes + PIXELS
  const count = parts.reduce((sum, part) => sum + part.length / record, 0)
  const images = new Uint8Array(count * PIXELS)
  const labels = new Int32Array(count)
  let index = 0
  for (const part of parts)
    for (let at = 0; at < part.length; at += record, index++) {
      labels[index] = part[at + variant.labelBytes - 1]
      if (labels[index] >= variant.classes)
        throw new DataError(
          expected(
            where,
            `labels from 0 to ${variant.classes - 1}`,
            `${labels[index]} in record ${index}`,
          ),
        )
      images.set(part.subarray(at + variant.labelBytes, at + record), index * PIXELS)
    }
  return { images, labels }
}

async function classNames(
  { path, listing }: Place,
  { namesFile, classes }: Variant,
): Promise<string[]> {
  const numbered = Array.from({ length: classes }, (_, label) => String(label))
  if (!listing!.files.includes(namesFile)) return numbered
  const text = Buffer.from(await readSample(path, namesFile)).toString('utf8')
  const names = text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
  return names.length === classes ? names : numbered
}
