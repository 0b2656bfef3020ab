import { keyOf, matcher, UsageError } from '../base/index.js'
import { physicalRange, type SampleKind } from '../data/index.js'
import type { Parameter, Predictor, RowFill, Weights } from '../model/index.js'
import { type ActivationRequest, completeLevel, fillRow, noiseOf } from '../noise/index.js'
import type { Condition } from './suites/suite.js'

/** Which draw of a condition's noise. */
export interface Draw {
  readonly seed: number
  readonly draw: number
}

/** The range a condition's noisy samples keep. */
export function clipOf({ clip }: Condition, kind: SampleKind) {
  return clip === 'physical' ? physicalRange(kind) : clip
}

/**
 * A draw of noise on the weight tensors, the same for every batch of the pass; running statistics are
 * no weights. A draw has one direction at every severity, so that its curve over them is one device's.
 */
export function disturbWeights(
  { weights, parameters }: Predictor,
  condition: Condition,
  draw: number,
  seed: number,
): Weights {
  if (!weights || !parameters)
    throw new UsageError(
      `suite: noise on weights (${condition.kind}) needs a model that is one file; this predictor has no weights to put it on.`,
    )
  const noise = noiseOf('weight', condition.kind)
  const level = completeLevel(noise, condition.level)
  const disturbed = new Map(weights)
  for (const { name, shape, channelAxis } of touchedBy(condition, parameters)) {
    const values = weights.get(name)!
    const key = keyOf(seed, `evaluate weight:${condition.kind} ${name}`, draw)
    const out = new Float32Array(values.length)
    noise.apply(values, out, level, key, { shape, channelAxis })
    disturbed.set(name, out)
  }
  return disturbed
}

/** The tensors a condition is about. Throws UsageError where its pattern matches none. */
export function touchedBy(
  { match, kind }: Condition,
  parameters: readonly Parameter[],
): readonly Parameter[] {
  const candidates = parameters.filter(({ role }) => role !== 'statistic')
  if (match === undefined) return candidates
  const matches = matcher(match)
  const found = candidates.filter(({ name }) => name === match || matches(name))
  if (found.length) return found
  const names = candidates.slice(0, 8).map(({ name }) => name)
  throw new UsageError(
    `suite: the pattern "${match}" of ${kind} matches no weight. There are ${names.join(', ')}${candidates.length > 8 ? ', ...' : ''}.`,
  )
}

/** Draws a condition's noise on the activations of a batch's rows, keyed by the sample's id. */
export function activationFill(
  { kind, severity, level: given }: Condition,
  ids: ArrayLike<number>,
  { seed, draw }: Draw,
): RowFill {
  const level = completeLevel(noiseOf('activation', kind), given)
  return (buffers, row, of) => {
    const purpose = `evaluate activation:${kind} ${buffers.port.site.value}`
    fillRow(buffers, row, level, keyOf(seed, purpose, severity, draw, ids[of]))
  }
}

/** Where a condition's noise goes in a graph. */
export function activationRequest({ kind, level, match }: Condition): ActivationRequest {
  const noise = noiseOf('activation', kind)
  return { noise, match, fields: Object.keys(level), where: `suite: activation:${kind}` }
}
