/** Two models on the same samples: their difference, and how sure it is. */
import { DataError, float32Tensor, Moments, type Tensor, tensor } from '../base/index.js'
import { decodeSafetensors, encodeSafetensors } from '../record/index.js'
import type { SampleScores } from './doubt.js'

/** A difference with its 95 % interval. */
export interface PairedDifference {
  readonly value: number
  readonly interval: readonly [low: number, high: number]
}

/** mean(b - a) +- 1.96 sd(b - a) / sqrt(n), sample by sample; throws DataError for unequal lengths. */
export function pairedDifference(a: ArrayLike<number>, b: ArrayLike<number>): PairedDifference {
  if (a.length !== b.length)
    throw new DataError(`compare: ${a.length} samples against ${b.length}: they cannot be paired.`)
  const moments = new Moments()
  for (let i = 0; i < a.length; i++) moments.add(b[i] - a[i])
  const half = 1.96 * Math.sqrt(moments.sampleVariance / moments.count)
  return { value: moments.mean, interval: [moments.mean - half, moments.mean + half] }
}

/** Where the scores of a scorecard's samples stand: `scorecard.json` -> `scorecard.samples.safetensors`. */
export const scoresBeside = (scorecard: string) =>
  `${scorecard.replace(/\.json$/, '')}.samples.safetensors`

/** As safetensors, to stand beside a scorecard: 5 bytes a sample. */
export function encodeScores({ clean, noisy }: SampleScores): Uint8Array[] {
  const shape = [clean.length]
  return encodeSafetensors(
    new Map<string, Tensor>([
      ['clean', tensor('uint8', shape, Uint8Array.from(clean))],
      ['noisy', float32Tensor(noisy, shape)],
    ]),
  )
}

/** Reads `encodeScores`; throws DataError when the file is damaged. */
export function decodeScores(bytes: Uint8Array, where: string): SampleScores {
  const { tensors } = decodeSafetensors(bytes, where)
  const [clean, noisy] = ['clean', 'noisy'].map(name => tensors.get(name))
  if (!clean || !noisy) throw new DataError(`${where}: it holds no sample scores.`)
  return {
    clean: Array.from(clean.data as Uint8Array),
    noisy: Array.from(noisy.data as Float32Array),
  }
}
