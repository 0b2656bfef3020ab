import { isIdentity, scaleLinearly } from '../level.js'
import type { Card } from '../types.js'
import type { ActivationNoise } from './types.js'

type Parts = Omit<ActivationNoise, 'at' | 'scale' | 'presets'> &
  Partial<Pick<Card, 'scale' | 'presets'>>

/** An activation noise from what is its own; at the identity a is 1 and b is 0. */
export function defineActivation(parts: Parts): ActivationNoise {
  const noise: ActivationNoise = {
    scale: scaleLinearly(parts),
    presets: {},
    ...parts,
    at: 'activation',
    fill(port, level, key) {
      port.scale?.fill(1)
      port.shift?.fill(0)
      if (!isIdentity(noise, level)) parts.fill(port, level, key)
    },
  }
  return noise
}
