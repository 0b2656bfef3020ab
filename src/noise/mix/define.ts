import { type Key, Random } from '../../base/index.js'
import { isIdentity, scaleLinearly } from '../level.js'
import type { Card, MixNoise, MixPlan } from '../types.js'

type Parts = Omit<MixNoise, 'at' | 'scale' | 'presets'> & Partial<Pick<Card, 'scale' | 'presets'>>

/** A mix from what is its own; at the identity every sample stays alone. */
export function defineMix(parts: Parts): MixNoise {
  const noise: MixNoise = {
    scale: scaleLinearly(parts),
    presets: {},
    ...parts,
    at: 'mix',
    plan: (batch, level, key, context) =>
      isIdentity(noise, level) ? alone(batch) : parts.plan(batch, level, key, context),
  }
  return noise
}

/** Every sample by itself. */
export function alone(batch: number): MixPlan {
  const indices = Int32Array.from({ length: batch }, (_, i) => i)
  return { parts: 1, indices, weights: new Float32Array(batch).fill(1) }
}

/** The samples of a batch in an order of chance. */
export function shuffled(batch: number, key: Key): Int32Array {
  const order = new Int32Array(batch)
  for (let i = 0; i < batch; i++) order[i] = i
  return new Random(key).shuffle(order)
}

/** Each sample with a partner, `weightOf(i)` of itself. */
export function pairs(
  partners: ArrayLike<number>,
  weightOf: (i: number) => number,
): Pick<MixPlan, 'parts' | 'indices' | 'weights'> {
  const batch = partners.length
  const indices = new Int32Array(batch * 2)
  const weights = new Float32Array(batch * 2)
  for (let i = 0; i < batch; i++) {
    indices[2 * i] = i
    indices[2 * i + 1] = partners[i]
    weights[2 * i] = weightOf(i)
    weights[2 * i + 1] = 1 - weights[2 * i]
  }
  return { parts: 2, indices, weights }
}
