import { DataError, expected, sizeOf } from '../../base/index.js'
import type { NpyArray } from '../codecs/npy.js'
import type { Dataset, SampleKind } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { memoryDataset } from '../sources/memory.js'
import { arrayAnswers } from './answers.js'

/** What `--format` may say of the samples in an array, beside the name of a layout. */
export const readings = ['images', 'series', 'vectors'] as const

/**
 * Arrays as a data set: `x [samples, ...]` and optionally `y [samples]`. An image is
 * `[samples, height, width]` of bytes or of numbers in [0, 1], or anything with 1 or 3 channels
 * before or after height and width; with a sample rate `[samples, time]` or
 * `[samples, channel, time]` is audio; `[samples, channel, time]` of other numbers are series, the
 * rest are vectors. The options' `format` may say `images`, `series` or `vectors`. Throws DataError.
 */
export function arrayDataset(
  { name, format, split, splits }: Pick<Dataset, 'name' | 'format' | 'split' | 'splits'>,
  x: NpyArray,
  y: NpyArray | undefined,
  options: DataOptions,
): Dataset {
  if (x.type === 'text' || !x.shape.length)
    throw new DataError(
      expected(name, 'x of numbers [samples, ...]', x.type === 'text' ? 'text' : 'a single number'),
    )
  if (!sizeOf(x.shape))
    throw new DataError(`${name}: there are no samples in it (x is [${x.shape.join(', ')}]).`)
  if (x.values instanceof Float32Array) requireFinite(x, name)
  const layout = layoutOf(x, options, name)
  const values = layout.channelsLast ? channelsFirst(x) : x.values
  const answers = y && arrayAnswers(name, x.shape[0], y, options)
  return memoryDataset({
    name,
    format,
    detected:
      `${name}: ${x.shape[0]} ${layout.plural} [${layout.shape.join(', ')}], ` +
      `${x.type === 'bytes' ? 'bytes divided by 255' : 'numbers as they are'}` +
      `${layout.why ? ` (${layout.why})` : ''}` +
      (answers?.classes
        ? `, ${answers.classes.length} classes.`
        : answers
          ? ', a numeric target.'
          : ', without labels.'),
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
  /** Why it is read so, where it might be read otherwise. */
  why?: string
}

const isColour = (channels: number) => channels === 1 || channels === 3

function layoutOf(x: NpyArray, { sampleRate, format }: DataOptions, name: string): Layout {
  const shape = x.shape.slice(1)
  if (format === 'vectors') return vectors(shape)
  if (format === 'series') return seriesLayout(shape, name)
  if (sampleRate !== undefined && shape.length <= 2)
    return { kind: 'audio', plural: 'waveforms', shape: shape.length === 1 ? [1, ...shape] : shape }
  const image = imageLayout(shape)
  if (format === 'images' && !image)
    throw new DataError(
      expected(name, 'images: x [samples, height, width] or with 1 or 3 channels', `[${x.shape}]`),
    )
  if (!image || format === 'images') return image ?? vectors(shape)
  return shape.length === 2 && x.type !== 'bytes' ? planeLayout(x, image, name) : image
}

const vectors = (shape: number[]): Layout => ({
  kind: 'vector',
  plural: 'vectors',
  shape: shape.length ? shape : [1],
})

function seriesLayout(shape: number[], name: string): Layout {
  if (shape.length > 2)
    throw new DataError(
      expected(
        name,
        'series: x [samples, channel, time] or [samples, time]',
        `[${shape}] a sample`,
      ),
    )
  return { kind: 'vector', plural: 'series', shape: shape.length === 2 ? shape : [1, ...shape] }
}

function imageLayout(shape: number[]): Layout | undefined {
  if (shape.length === 2) return { kind: 'image', plural: 'grey images', shape: [1, ...shape] }
  if (shape.length !== 3) return undefined
  if (isColour(shape[0])) return { kind: 'image', plural: 'images', shape }
  if (!isColour(shape[2])) return undefined
  const channelsFirst = [shape[2], shape[0], shape[1]]
  const plural = 'images (channels last)'
  return { kind: 'image', plural, shape: channelsFirst, channelsLast: true }
}

/** Numbers `[height, width]` are pixels while all lie in [0, 1]; others would be cut off by an image's range. */
function planeLayout({ values, shape }: NpyArray, image: Layout, name: string): Layout {
  const isPixels = values.every(value => value >= 0 && value <= 1)
  if (isPixels) return { ...image, why: 'pixels, as all lie in [0, 1]; --format series if not' }
  const areBytes = values.every(value => value >= 0 && value <= 255 && Number.isInteger(value))
  const why = areBytes
    ? 'no pixels, as they are not in [0, 1]; save bytes as uint8, or say --format images'
    : 'no pixels, as they are not in [0, 1]; --format images if they are'
  return { ...seriesLayout(shape.slice(1), name), why }
}

/** `[samples, height, width, channel]` as `[samples, channel, height, width]`. */
function channelsFirst({ values, shape }: NpyArray): Uint8Array | Float32Array {
  const [samples, height, width, channels] = shape
  const pixels = height * width
  const out =
    values instanceof Uint8Array ? new Uint8Array(values.length) : new Float32Array(values.length)
  for (let sample = 0; sample < samples; sample++)
    for (let pixel = 0; pixel < pixels; pixel++)
      for (let channel = 0; channel < channels; channel++)
        out[(sample * channels + channel) * pixels + pixel] =
          values[(sample * pixels + pixel) * channels + channel]
  return out
}

function requireFinite({ values, shape }: NpyArray, where: string): void {
  const bad = (values as Float32Array).findIndex(value => !Number.isFinite(value))
  if (bad < 0) return
  const sample = Math.floor(bad / sizeOf(shape.slice(1)))
  throw new DataError(expected(where, 'finite numbers', `${values[bad]} in sample ${sample}`))
}
