import { isIdentity, scaleLinearly } from '../level.js'
import type { Card, TargetNoise } from '../types.js'

type Parts = Omit<TargetNoise, 'at' | 'scale' | 'presets'> &
  Partial<Pick<Card, 'scale' | 'presets'>>

/** A target noise from what is its own; at the identity the target is copied. */
export function defineTarget(parts: Parts): TargetNoise {
  const noise: TargetNoise = {
    scale: scaleLinearly(parts),
    presets: {},
    ...parts,
    at: 'target',
    apply(y, out, level, key, context) {
      if (!isIdentity(noise, level)) parts.apply(y, out, level, key, context)
      else if (out !== y) out.set(y)
    },
  }
  return noise
}

/** The class with the largest probability; the first of equals. */
export function classOf(y: Float32Array): number {
  let best = 0
  for (let i = 1; i < y.length; i++) if (y[i] > y[best]) best = i
  return best
}

/** Copies a target with the probabilities of two classes exchanged. */
export function exchange(y: Float32Array, out: Float32Array, a: number, b: number): void {
  const kept = y[a]
  if (out !== y) out.set(y)
  out[a] = y[b]
  out[b] = kept
}
