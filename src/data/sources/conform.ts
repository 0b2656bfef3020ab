import { DataError, expected, sizeOf } from '../../base/index.js'
import { type Pixels, resize } from '../codecs/resize.js'
import type { Dataset } from '../dataset.js'
import type { PhysicalOptions } from '../options.js'

/** Pillow's luma, ITU-R 601-2. */
const LUMA = [0.299, 0.587, 0.114]

/**
 * Images in memory at the size and with the channels asked for: resized as bytes, grey repeated,
 * colour weighted by luma. Waveforms are cut or padded to `seconds`. Throws DataError when the
 * values are no bytes in [0,1] to resize.
 */
export function conform(dataset: Dataset, options: PhysicalOptions): Dataset {
  if (dataset.kind === 'image') return conformImages(dataset, options)
  return dataset.kind === 'audio' ? conformAudio(dataset, options) : dataset
}

function conformImages(dataset: Dataset, options: PhysicalOptions): Dataset {
  const [channels, height, width] = dataset.shape
  const wanted = options.channels ?? channels
  const [h, w] = options.size ?? [height, width]
  if (wanted === channels && h === height && w === width) return dataset
  if (wanted !== channels && (wanted !== 1 || channels !== 3) && (wanted !== 3 || channels !== 1))
    throw new DataError(expected(dataset.name, `images of ${wanted} channels`, `${channels}`))
  const sample = new Float32Array(sizeOf(dataset.shape))
  return {
    ...dataset,
    shape: [wanted, h, w],
    detected: dataset.detected.replace(/\.$/, `, read as [${wanted}, ${h}, ${w}].`),
    read: (index, out) => {
      dataset.read(index, sample)
      const planes =
        h === height && w === width ? sample : resized(sample, dataset, options, [h, w])
      mixChannels(planes, channels, wanted, out)
    },
  }
}

function resized(
  sample: Float32Array,
  { shape, name }: Dataset,
  options: PhysicalOptions,
  [h, w]: [number, number],
): Float32Array {
  const [channels, height, width] = shape
  const count = height * width
  const data = new Uint8Array(sample.length)
  for (let i = 0; i < sample.length; i++) {
    const byte = Math.round(sample[i] * 255)
    if (Math.abs(byte / 255 - sample[i]) > 1e-6 || byte < 0 || byte > 255)
      throw new DataError(
        expected(
          name,
          'images of bytes, to be resized',
          `the value ${sample[i]}`,
          'Resize them before they are saved.',
        ),
      )
    data[(i % count) * channels + Math.floor(i / count)] = byte
  }
  const image: Pixels = { data, height, width, channels }
  const result = resize(
    image,
    { height: h, width: w },
    options.resize ?? { rule: 'stretch' },
    options.interpolation ?? 'bilinear',
  )
  return Float32Array.from(
    { length: h * w * channels },
    (_, i) => result.data[(i % (h * w)) * channels + Math.floor(i / (h * w))] / 255,
  )
}

function mixChannels(planes: Float32Array, from: number, to: number, out: Float32Array): void {
  const count = planes.length / from
  if (from === to) out.set(planes)
  else if (from === 1) for (let c = 0; c < to; c++) out.set(planes, c * count)
  else
    for (let i = 0; i < count; i++)
      out[i] = LUMA[0] * planes[i] + LUMA[1] * planes[count + i] + LUMA[2] * planes[2 * count + i]
}

function conformAudio(dataset: Dataset, { seconds, channels }: PhysicalOptions): Dataset {
  const [there, length] = dataset.shape
  const samples =
    seconds === undefined ? length : Math.max(1, Math.round(seconds * dataset.sampleRate!))
  if (channels !== undefined && channels !== there)
    throw new DataError(expected(dataset.name, `waveforms of ${channels} channels`, `${there}`))
  if (samples === length) return dataset
  const sample = new Float32Array(there * length)
  const used = Math.min(samples, length)
  return {
    ...dataset,
    shape: [there, samples],
    read: (index, out) => {
      dataset.read(index, sample)
      out.fill(0)
      for (let c = 0; c < there; c++)
        out.set(sample.subarray(c * length, c * length + used), c * samples)
    },
  }
}
