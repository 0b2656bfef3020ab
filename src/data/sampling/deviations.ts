import { Moments } from '../../base/index.js'
import type { Dataset } from '../dataset.js'
import { batches } from './batches.js'

/** The standard deviation of each feature of a table, in one pass: what noise on it is counted in. */
export async function featureDeviations(dataset: Dataset): Promise<Float32Array> {
  const features = dataset.shape.reduce((a, b) => a * b, 1)
  const moments = Array.from({ length: features }, () => new Moments())
  for await (const { data } of batches(dataset, { batch: 1024 }))
    for (let i = 0; i < data.length; i++) moments[i % features].add(data[i])
  return Float32Array.from(moments, m => m.standardDeviation)
}

/**
 * Mean and standard deviation of each feature of a table, or of each channel of series, images or
 * recordings; in one pass.
 */
export async function channelMoments(
  dataset: Dataset,
): Promise<{ mean: number[]; deviation: number[] }> {
  const [channels, ...rest] = dataset.shape
  const length = rest.reduce((a, b) => a * b, 1)
  const moments = Array.from({ length: channels }, () => new Moments())
  for await (const { data } of batches(dataset, { batch: 256 }))
    for (let i = 0; i < data.length; i++) moments[Math.floor(i / length) % channels].add(data[i])
  return { mean: moments.map(m => m.mean), deviation: moments.map(m => m.standardDeviation) }
}
