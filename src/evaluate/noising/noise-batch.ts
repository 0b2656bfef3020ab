/** Noise on a batch of samples, from what can be sent to another thread alone. */
import { fold, keyOf, rowViews, sizeOf } from '../../base/index.js'
import type { Dataset } from '../../data/index.js'
import { completeLevel, noiseOf, type Source } from '../../noise/index.js'
import { clipOf } from '../disturb.js'
import type { Condition } from '../suites/suite.js'

/** One noise at one level, on samples of one shape; plain data. */
export interface NoiseJob {
  readonly kind: string
  readonly severity: number
  readonly level: Readonly<Record<string, number>>
  readonly clip: readonly [number, number] | null
  readonly draw: number
  readonly seed: number
  readonly shape: readonly number[]
  readonly sampleRate?: number
  /** Standard deviation of each feature of a table; noise on it counts in these. */
  readonly deviations?: Float32Array
  readonly sources?: readonly Source[]
}

/** A condition's noise on a data set, one draw of it. */
export function jobOf(
  condition: Condition,
  draw: number,
  { data, seed, deviations }: { data: Dataset; seed: number; deviations?: Float32Array },
): NoiseJob {
  const { kind, severity, level, sources } = condition
  const { shape, sampleRate } = data
  const clip = clipOf(condition, data.kind)
  return { kind, severity, level, clip, draw, seed, shape, sampleRate, deviations, sources }
}

/** Told of each sample that the noise had to leave as it was, and why. */
export type Note = (reason: string) => void

/** Puts the noise on one sample; the draw is keyed by the sample's id. */
export function sampleNoise(job: NoiseJob, note: Note) {
  const { noise, level, root, context } = open(job, note)
  return (x: Float32Array, out: Float32Array, id: number): void =>
    noise.apply(x, out, level, fold(root, id), context)
}

function open(job: NoiseJob, note: Note) {
  const { kind, severity, clip, draw, seed, shape, sampleRate, deviations, sources } = job
  const noise = noiseOf('input', kind)
  return {
    noise,
    level: completeLevel(noise, job.level),
    root: keyOf(seed, `evaluate input:${kind}`, severity, draw),
    context: { shape, sampleRate, clip, deviations, sources, note },
  }
}

/** The first `ids.length` rows `[rows, ...shape]` of `x` with noise, into `out`. */
export function noiseBatch(
  job: NoiseJob,
  x: Float32Array,
  ids: Float64Array,
  out: Float32Array,
  note: Note,
): void {
  const { noise, level, root, context } = open(job, note)
  const size = sizeOf(job.shape)
  const rows = { count: ids.length, ids, levels: new Array<typeof level>(ids.length).fill(level) }
  if (noise.applyRows?.(x, out, rows, root, context)) return
  const [plain, noisy] = [rowViews(x, size), rowViews(out, size)]
  for (let row = 0; row < ids.length; row++)
    noise.apply(plain[row], noisy[row], level, fold(root, ids[row]), context)
}
