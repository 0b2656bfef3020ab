/** How many samples a session call gets: tried out on a few, since it changes no figure. */
import { sizeOf } from '../base/index.js'
import type { Dataset } from '../data/index.js'
import type { Predictor } from '../model/index.js'

/** What suits most models; it is taken where trying does not pay. */
export const usualBatch = 64
const candidates = [32, 64, 128, 256, 512]

/** Floats a batch of samples may take: 64 MiB. */
const mostFloats = 2 ** 24

/** The trials of all sizes together take at most this share of the answers. */
const shareOfAnswers = 0.02

/**
 * The batch size that answered fastest, of 32 to 512 as far as they fit into 64 MiB of
 * samples; 64 or what fits where there is too little to do for trying.
 */
export async function fastestBatch(
  predictor: Predictor,
  data: Dataset,
  answers: number,
): Promise<number> {
  const size = sizeOf(data.shape)
  const largest = Math.max(1, Math.min(candidates.at(-1)!, Math.floor(mostFloats / size)))
  const fitting = candidates.filter(batch => batch <= largest)
  const tried = Math.floor((shareOfAnswers * answers) / (candidates.length + 1))
  if (fitting.length < 2 || tried < largest) return Math.min(usualBatch, largest)
  const samples = new Float32Array(largest * size)
  for (let i = 0; i < Math.min(largest, data.length); i++)
    await data.read(i, samples.subarray(i * size, (i + 1) * size))
  await predictor.predict(samples, largest)
  let best = { batch: usualBatch, seconds: Number.POSITIVE_INFINITY }
  for (const batch of fitting) {
    const seconds = await secondsOf(predictor, samples, largest, batch)
    if (seconds < best.seconds) best = { batch, seconds }
  }
  return best.batch
}

async function secondsOf(
  predictor: Predictor,
  samples: Float32Array,
  rows: number,
  batch: number,
): Promise<number> {
  const size = samples.length / rows
  const start = performance.now()
  for (let row = 0; row < rows; row += batch) {
    const count = Math.min(batch, rows - row)
    await predictor.predict(samples.subarray(row * size, (row + count) * size), count)
  }
  return (performance.now() - start) / 1000
}
