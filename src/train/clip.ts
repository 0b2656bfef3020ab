/** Gradients kept in bounds before the update. */
import type { Recipe } from '../recipe/index.js'
import { type Buffers, type Slot, viewOf } from './layout.js'

type Bounds = Pick<Recipe['optimizer'], 'clipValue' | 'clipAdaptive' | 'clipNorm'>

/**
 * Bounds every value, then every output channel, both in place, then the whole; returns the factor
 * that the last one asks for: min(1, clipNorm / |g|), as in Pascanu et al. 2013.
 */
export function clipGradients(
  buffers: Buffers,
  { clipValue, clipAdaptive, clipNorm }: Bounds,
  sumOfSquares: (gradients: Float32Array) => number,
): number {
  const { gradients, layout } = buffers
  if (clipValue !== undefined) clamp(gradients, clipValue)
  if (clipAdaptive !== undefined)
    for (const slot of layout.slots.filter(({ trained }) => trained))
      clipChannels(viewOf(gradients, slot), viewOf(buffers.parameters, slot), slot, clipAdaptive)
  if (clipNorm === undefined) return 1
  const norm = Math.sqrt(sumOfSquares(gradients))
  return norm > clipNorm ? clipNorm / norm : 1
}

/** NaN stays NaN. */
function clamp(values: Float32Array, most: number): void {
  for (let i = 0; i < values.length; i++)
    if (values[i] > most) values[i] = most
    else if (values[i] < -most) values[i] = -most
}

/** A channel of zeros counts as this long. */
const leastNorm = 1e-3

/**
 * Adaptive gradient clipping (Brock et al. 2021, equation 3), for each output channel i:
 * g_i = factor max(|w_i|, .001) g_i / |g_i| where |g_i| is larger than that; a tensor of one axis is
 * one channel.
 */
function clipChannels(
  gradient: Float32Array,
  weights: Float32Array,
  { shape, channelAxis }: Slot,
  factor: number,
): void {
  const isWhole = shape.length < 2
  const channels = isWhole ? 1 : shape[channelAxis]
  const inner = isWhole ? 1 : shape.slice(channelAxis + 1).reduce((a, b) => a * b, 1)
  const of = (i: number) => (isWhole ? 0 : Math.floor(i / inner) % channels)
  const [own, steps] = [new Float64Array(channels), new Float64Array(channels)]
  for (let i = 0; i < gradient.length; i++) {
    own[of(i)] += weights[i] ** 2
    steps[of(i)] += gradient[i] ** 2
  }
  const scales = steps.map((square, c) => {
    const most = factor * Math.max(Math.sqrt(own[c]), leastNorm)
    return square > most * most ? most / Math.sqrt(square) : 1
  })
  for (let i = 0; i < gradient.length; i++) gradient[i] *= scales[of(i)]
}
