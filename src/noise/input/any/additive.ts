import { expected, type Key, sizeOf, UsageError } from '../../../base/index.js'
import { clipInPlace, clipOf } from '../../context.js'
import { scratch } from '../../scratch.js'
import type { InputContext, InputNoise, Level } from '../../types.js'

/** One fused pass: out = clip(x + noise). */
type Fused = (
  x: Float32Array,
  out: Float32Array,
  level: Level & { readonly low?: number; readonly high?: number },
  key: Key,
) => void

/**
 * Additive noise from its fused kernel. Every element has its own draw, unless the context shares
 * draws (`per`) or counts them in the deviations of the features: out = clip(x + deviation noise).
 */
export function additive(fused: Fused): InputNoise['apply'] {
  const clipped = clippedLevel()
  return (x, out, level, key, context) => {
    if (ownDraws(context)) return fused(x, out, clipped(level, context), key)
    const { draws, drawOf } = sharing(x.length, context)
    const noise = scratch(0, draws).fill(0)
    fused(noise, noise, level, key)
    const strength = strengths(x.length, context)
    for (let i = 0; i < x.length; i++) out[i] = x[i] + noise[drawOf(i)] * strength(i)
    clipInPlace(out, context)
  }
}

/** Whether every element has its own draw, of one strength. */
export const ownDraws = ({ deviations, per = 'element' }: InputContext): boolean =>
  !deviations && per === 'element'

/** The level with the bounds of the clip, kept while both stay the same: the samples of a batch share them. */
function clippedLevel(): (level: Level, context: InputContext) => Level {
  let last: { level: Level; context: InputContext; merged: Level } | undefined
  return (level, context) => {
    if (last?.level !== level || last.context !== context)
      last = { level, context, merged: { ...level, ...clipOf(context) } }
    return last.merged
  }
}

/** How many draws a sample takes, and which of them an element gets. */
function sharing(length: number, { per = 'element', shape }: InputContext) {
  const plane = sizeOf(shape.slice(1))
  const ways = {
    element: { draws: length, drawOf: (i: number) => i },
    pixel: { draws: plane, drawOf: (i: number) => i % plane },
    channel: { draws: shape[0], drawOf: (i: number) => Math.floor(i / plane) },
    sample: { draws: 1, drawOf: () => 0 },
  }
  return ways[per]
}

function strengths(length: number, { deviations, shape }: InputContext): (i: number) => number {
  if (!deviations) return () => 1
  if (deviations.length === length) return i => deviations[i]
  const plane = length / shape[0]
  if (deviations.length === shape[0]) return i => deviations[Math.floor(i / plane)]
  const rule = `one for each of ${length} features or ${shape[0]} channels`
  throw new UsageError(expected('deviations', rule, deviations.length))
}
