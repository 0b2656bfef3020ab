import { keyOf, UsageError } from '../base/index.js'
import { type Dataset, physicalRange, type SampleKind } from '../data/index.js'
import type { Weights } from '../model/index.js'
import { completeLevel, noiseOf } from '../noise/index.js'
import type { Condition } from './suites/suite.js'

export interface SampleDraw {
  readonly seed: number
  readonly draw: number
  /** Standard deviation of each feature of a table; noise on it counts in these. */
  readonly deviations?: Float32Array
}

/** The range a condition's noisy samples keep. */
export function clipOf({ clip }: Condition, kind: SampleKind) {
  return clip === 'physical' ? physicalRange(kind) : clip
}

/** Puts a condition's noise on one sample; the draw is keyed by the sample's id. */
export function sampleDisturber(
  condition: Condition,
  data: Dataset,
  { seed, draw, deviations }: SampleDraw,
) {
  const { kind, severity } = condition
  const clip = clipOf(condition, data.kind)
  const noise = noiseOf('input', kind)
  const level = completeLevel(noise, condition.level)
  const { shape, sampleRate } = data
  const context = { shape, sampleRate, clip, deviations, sources: condition.sources }
  return (x: Float32Array, out: Float32Array, id: number): void => {
    const key = keyOf(seed, `evaluate input:${kind}`, severity, draw, id)
    noise.apply(x, out, level, key, context)
  }
}

/** A draw of noise on every weight tensor, the same for every batch of the pass. */
export function disturbWeights(
  weights: Weights | undefined,
  condition: Condition,
  draw: number,
  seed: number,
): Weights {
  if (!weights)
    throw new UsageError('suite weights: this predictor has no weights to put noise on.')
  const noise = noiseOf('weight', condition.kind)
  const level = completeLevel(noise, condition.level)
  const disturbed = [...weights].map(([name, values]) => {
    const key = keyOf(seed, `evaluate weight:${condition.kind} ${name}`, condition.severity, draw)
    const out = new Float32Array(values.length)
    noise.apply(values, out, level, key, { shape: [values.length] })
    return [name, out] as const
  })
  return new Map(disturbed)
}
