import { isIdentity, scaleLinearly } from '../level.js'
import type { Card, WeightNoise } from '../types.js'

type Parts = Omit<WeightNoise, 'at' | 'scale' | 'presets'> &
  Partial<Pick<Card, 'scale' | 'presets'>>

/** A weight noise from what is its own; at the identity the weights are copied. */
export function defineWeight(parts: Parts): WeightNoise {
  const noise: WeightNoise = {
    scale: scaleLinearly(parts),
    presets: {},
    ...parts,
    at: 'weight',
    apply(w, out, level, key, context) {
      if (!isIdentity(noise, level)) parts.apply(w, out, level, key, context)
      else if (out !== w) out.set(w)
    },
  }
  return noise
}
