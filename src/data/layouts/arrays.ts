import { DataError, expected, sizeOf } from '../../base/index.js'
import type { NpyArray } from '../codecs/npy.js'
import type { Dataset, SampleKind } from '../dataset.js'
import type { DataOptions } from '../options.js'
import { memoryDataset } from '../sources/memory.js'
import { arrayAnswers } from './answers.js'

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
    throw new DataError(
      expected(name, 'x of numbers [samples, ...]', x.type === 'text' ? 'text' : 'a single number'),
    )
  if (!x.shape[0]) throw new DataError(`${name}: there are no samples in it.`)
  if (x.values instanceof Float32Array) requireFinite(x, name)
  const layout = layoutOf(x.shape, options)
  const values = layout.channelsLast ? channelsFirst(x) : x.values
  const answers = y && arrayAnswers(name, x.shape[0], y, options)
  return memoryDataset({
    name,
    format,
    detected:
      `${name}: ${x.shape[0]} ${layout.plural} [${layout.shape.join(', ')}], ` +
      `${x.type === 'bytes' ? 'bytes divided by 255' : 'numbers as they are'}` +
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
}

const isColour = (channels: number) => channels === 1 || channels === 3

function layoutOf([, ...shape]: readonly number[], { sampleRate }: DataOptions): Layout {
  if (sampleRate !== undefined && shape.length <= 2)
    return { kind: 'audio', plural: 'waveforms', shape: shape.length === 1 ? [1, ...shape] : shape }
  if (shape.length === 2) return { kind: 'image', plural: 'grey images', shape: [1, ...shape] }
  if (shape.length === 3 && isColour(shape[0])) return { kind: 'image', plural: 'images', shape }
  if (shape.length === 3 && isColour(shape[2]))
    return {
      kind: 'image',
      plural: 'images (channels last)',
      shape: [shape[2], shape[0], shape[1]],
      channelsLast: true,
    }
  return { kind: 'vector', plural: 'vectors', shape: shape.length ? shape : [1] }
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
