import { clipInPlace } from '../context.js'
import { isIdentity, scaleLinearly } from '../level.js'
import type { Card, InputNoise, Level } from '../types.js'

type Parts = Omit<InputNoise, 'at' | 'scale' | 'presets'> & Partial<Pick<Card, 'scale' | 'presets'>>

/**
 * An input noise from what is its own. Strength is the distance from the identity unless it says
 * otherwise; at the identity the sample is copied, bit for bit, and clipped.
 */
export function defineInput(parts: Parts): InputNoise {
  const noise: InputNoise = {
    scale: scaleLinearly(parts),
    ...parts,
    presets: completePresets(parts),
    at: 'input',
    apply(x, out, level, key, context) {
      if (!isIdentity(noise, level)) return parts.apply(x, out, level, key, context)
      if (out !== x) out.set(x)
      clipInPlace(out, context)
    },
  }
  return noise
}

/** Preset levels with every field, those that a suite does not speak of at their defaults. */
function completePresets({ presets = {}, levels }: Parts): InputNoise['presets'] {
  const defaults = Object.entries(levels).map(([name, field]) => [name, field.default])
  const complete = (level: Level) => ({ ...Object.fromEntries(defaults), ...level })
  return Object.fromEntries(
    Object.entries(presets).map(([name, preset]) => [
      name,
      { ...preset, levels: preset.levels.map(complete) },
    ]),
  )
}
