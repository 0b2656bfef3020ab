import { expected, fold, type Key, Random, UsageError } from '../base/index.js'
import { completeLevel } from './level.js'
import type { InputContext, InputNoise, Level } from './types.js'

/** A noise with its level, or several put together; `out` may be `x`. The same key gives the same bits. */
export type Disturbance = (
  x: Float32Array,
  out: Float32Array,
  key: Key,
  context: InputContext,
) => void

/** A noise at a level, its other fields at their defaults. Throws UsageError on a wrong level. */
export function at(noise: InputNoise, level: Level): Disturbance {
  const full = completeLevel(noise, level)
  return (x, out, key, context) => noise.apply(x, out, full, key, context)
}

/** One after the other. */
export function chain(parts: readonly Disturbance[]): Disturbance {
  return (x, out, key, context) => {
    if (out !== x) out.set(x)
    for (const [k, part] of parts.entries()) part(out, out, fold(key, k), context)
  }
}

/** One of them, drawn for each sample, each as likely or by weights. Throws UsageError on wrong weights. */
export function oneOf(parts: readonly Disturbance[], weights?: readonly number[]): Disturbance {
  const shares = weights ?? parts.map(() => 1)
  const sum = shares.reduce((a, b) => a + b, 0)
  if (shares.length !== parts.length || !(sum > 0) || shares.some(w => !(w >= 0)))
    throw new UsageError(expected('oneOf', `${parts.length} weights of 0 or more`, `[${shares}]`))
  return (x, out, key, context) => {
    let left = new Random(fold(key, 0)).float() * sum
    const chosen = shares.findIndex(weight => {
      left -= weight
      return left < 0
    })
    parts[chosen](x, out, fold(key, 1 + chosen), context)
  }
}

/** So many different ones of them, drawn for each sample, in the order given. */
export function someOf(count: number, parts: readonly Disturbance[]): Disturbance {
  if (!Number.isInteger(count) || count < 0 || count > parts.length)
    throw new UsageError(expected('someOf', `a whole number from 0 to ${parts.length}`, count))
  return (x, out, key, context) => {
    const order = new Random(fold(key, 0)).shuffle([...parts.keys()])
    if (out !== x) out.set(x)
    for (const k of order.slice(0, count).sort((a, b) => a - b))
      parts[k](out, out, fold(key, 1 + k), context)
  }
}

/** With a probability, drawn for each sample; else the sample stays. */
export function withProbability(probability: number, part: Disturbance): Disturbance {
  if (!(probability >= 0 && probability <= 1))
    throw new UsageError(expected('withProbability', 'a probability from 0 to 1', probability))
  return (x, out, key, context) => {
    if (new Random(fold(key, 0)).float() < probability) part(x, out, fold(key, 1), context)
    else if (out !== x) out.set(x)
  }
}

/** Only the values where the mask is not 0; the mask is as long as the sample, or as one channel of it. */
export function onlyWhere(mask: ArrayLike<number>, part: Disturbance): Disturbance {
  return (x, out, key, context) => {
    if (mask.length === 0 || x.length % mask.length)
      throw new UsageError(
        expected('onlyWhere', `a mask that fits ${x.length} values`, `${mask.length} values`),
      )
    const kept = x.slice()
    part(x, out, key, context)
    for (let i = 0; i < x.length; i++) if (!mask[i % mask.length]) out[i] = kept[i]
  }
}
