import { DataError, expected, sizeOf } from '../base/index.js'
import { classIndex } from './class-index.js'
import type { Dataset, SampleKind } from './dataset.js'
import { memoryDataset } from './memory.js'
import type { NpyArray } from './npy.js'
import type { DataOptions } from './options.js'

/**
 * Arrays as a data set: `x [samples, ...]` and optionally `y [samples]`. An image is
 * `[samples, height, width]`, or with 1 or 3 channels before or after them; with a sample rate
 * `[samples, time]` or `[samples, channel, time]` is audio; the rest are vectors. Throws DataError.
 */
export function arrayDataset(
  { name, format, split, splits }: Pick<Dataset, 'name' | 'format' | 'split' | 'splits'>,
  x: NpyArray,
  y: NpyArray | undefined,
  options: DataOptions,
): Dataset {
  if (x.type === 'text' || !x.shape.length)
    throw new DataError(expected(name, 'x of numbers [samples, ...]', x.type === 'text' ? 'text' : 'a single number'))
  if (!x.shape[0]) throw new DataError(`${name}: there are no samples in it.`)
  if (x.values instanceof Float32Array) requireFinite(x, name)
  const layout = layoutOf(x.shape, options)
  const values = layout.channelsLast ? channelsFirst(x) : x.values
  const answers = y && answersOf(name, x.shape[0], y, options)
  return memoryDataset({
    name,
    format,
    detected:
      `${name}: ${x.shape[0]} ${layout.plural} [${layout.shape.join(', ')}], ` +
      `${x.type === 'bytes' ? 'bytes divided by 255' : 'numbers as they are'}` +
      (answers?.classes ? `, ${answers.classes.length} classes.` : answers ? ', a numeric target.' : ', without labels.'),
    kind: layout.kind,
    shape: layout.shape,
    sampleRate: layout.kind === 'audio' ? options.sampleRate : undefined,
    values,
    ...answers,
    split,
    splits,
  })
}

interface Layout {
  kind: SampleKind
  plural: string
  shape: number[]
  channelsLast?: boolean
}

const isColour = (channels: number) => channels === 1 || channels === 3

function layoutOf([, ...shape]: readonly number[], { sampleRate }: DataOptions): Layout {
  if (sampleRate !== undefined && shape.length <= 2)
    return { kind: 'audio', plural: 'waveforms', shape: shape.length === 1 ? [1, ...shape] : shape }
  if (shape.length === 2) return { kind: 'image', plural: 'grey images', shape: [1, ...shape] }
  if (shape.length === 3 && isColour(shape[0])) return { kind: 'image', plural: 'images', shape }
  if (shape.length === 3 && isColour(shape[2]))
    return { kind: 'image', plural: 'images (channels last)', shape: [shape[2], shape[0], shape[1]], channelsLast: true }
  return { kind: 'vector', plural: 'vectors', shape: shape.length ? shape : [1] }
}

/** `[samples, height, width, channel]` as `[samples, channel, height, width]`. */
function channelsFirst({ values, shape }: NpyArray): Uint8Array | Float32Array {
  const [samples, height, width, channels] = shape
  const pixels = height * width
  const out = values instanceof Uint8Array ? new Uint8Array(values.length) : new Float32Array(values.length)
  for (let sample = 0; sample < samples; sample++)
    for (let pixel = 0; pixel < pixels; pixel++)
      for (let channel = 0; channel < channels; channel++)
        out[(sample * channels + channel) * pixels + pixel] = values[(sample * pixels + pixel) * channels + channel]
  return out
}

function requireFinite({ values, shape }: NpyArray, where: string): void {
  const bad = (values as Float32Array).findIndex(value => !Number.isFinite(value))
  if (bad < 0) return
  const sample = Math.floor(bad / sizeOf(shape.slice(1)))
  throw new DataError(expected(where, 'finite numbers', `${values[bad]} in sample ${sample}`))
}

type Answers = Pick<Dataset, 'labels' | 'targets' | 'classes'>

/** Class names from text, classes from whole numbers of at least 0, one-hot rows, else targets. */
export function answersOf(name: string, samples: number, y: NpyArray, options: DataOptions): Answers {
  const [count, width = 1] = y.shape
  if (count !== samples || y.shape.length > 2)
    throw new DataError(expected(name, `one label for each of ${samples} samples`, `y of shape [${y.shape.join(', ')}]`))
  if (y.type === 'text') return namedLabels(name, Array.from({ length: count }, (_, i) => y.text(i)), options)
  if (width > 1) return numericAnswers(name, oneHot(name, y), options)
  return numericAnswers(name, Array.from({ length: count }, (_, i) => y.exact(i)), options)
}

function oneHot(name: string, y: NpyArray): number[] {
  const [count, width] = y.shape
  return Array.from({ length: count }, (_, row) => {
    const values = Array.from({ length: width }, (_, column) => y.exact(row * width + column))
    const label = values.indexOf(1)
    if (label < 0 || values.some((value, column) => value !== (column === label ? 1 : 0)))
      throw new DataError(expected(name, 'y [samples], or one-hot rows', `row ${row} of y [${y.shape.join(', ')}]`))
    return label
  })
}

export function namedLabels(name: string, names: readonly string[], options: DataOptions): Answers {
  const classes = options.classes ?? [...new Set(names)].sort()
  return { classes, labels: Int32Array.from(names, classIndex(classes, name)) }
}

const MAX_CLASSES = 100_000

/** Whole numbers of at least 0 are classes unless the task is regression. Throws DataError. */
export function numericAnswers(name: string, values: readonly number[], options: DataOptions): Answers {
  const bad = values.findIndex(value => !Number.isFinite(value))
  if (bad >= 0) throw new DataError(expected(name, 'a finite label or target', `${values[bad]} in sample ${bad}`))
  const areClasses = values.every(value => Number.isInteger(value) && value >= 0 && value < MAX_CLASSES)
  if (options.task === 'regression' || (!areClasses && !options.task))
    return { targets: Float32Array.from(values) }
  const highest = values.reduce((most, value) => Math.max(most, value), 0)
  const count = options.classes?.length ?? highest + 1
  const wrong = values.findIndex(value => !Number.isInteger(value) || value < 0 || value >= count)
  if (wrong >= 0 || !areClasses)
    throw new DataError(expected(name, `labels that are whole numbers from 0 to ${count - 1}`, `${values[Math.max(0, wrong)]} in sample ${Math.max(0, wrong)}`))
  const classes = options.classes ?? Array.from({ length: count }, (_, label) => String(label))
  return { classes, labels: Int32Array.from(values) }
}
