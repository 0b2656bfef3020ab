import { didYouMean, exactLog, expected, UsageError } from '../base/index.js'
import type { Card, Level, LevelField } from './types.js'

/** A field that is a share of something, from 0 to 1. */
export const share = (what: string, value = 0): LevelField => ({
  what,
  unit: 'share',
  range: [0, 1],
  default: value,
})

/** A field from 0 up. */
export const amount = (what: string, unit: string, value = 0): LevelField => ({
  what,
  unit,
  range: [0, Infinity],
  default: value,
})

/** Signal-to-noise ratio in decibel; infinity is no noise. */
export const snrField = (value: number): LevelField => ({
  what: 'signal power over noise power',
  unit: 'dB',
  range: [-100, Infinity],
  default: value,
})

/** Strength as the distance from the identity: identity + gain (level - identity), field by field. */
export function scaleLinearly(card: Pick<Card, 'identity' | 'levels'>): Card['scale'] {
  return (level, gain) =>
    mapFields(level, (value, name) => {
      const from = card.identity[name] ?? value
      if (from === value || gain === 1) return value
      return within(card.levels[name], from + gain * (value - from))
    })
}

/** Half the noise is 6.02 dB more: snr - 20 log10(gain). */
export function scaleDecibels(level: Level, gain: number): Level {
  return { ...level, snr: level.snr - (20 / Math.LN10) * exactLog(gain) }
}

/** Half the noise is half the step: one bit more. From `fewest` to 32, which is no noise. */
export function scaleBits(fewest: number): Card['scale'] {
  return (level, gain) => {
    if (gain === 1) return level
    const bits = level.bits - exactLog(gain) / Math.LN2
    return { ...level, bits: Math.max(fewest, Math.min(32, bits)) }
  }
}

export function mapFields(level: Level, change: (value: number, name: string) => number): Level {
  return Object.fromEntries(Object.entries(level).map(([name, v]) => [name, change(v, name)]))
}

function within(field: LevelField, value: number): number {
  const [low, high] = field.range
  const kept = Math.min(high, Math.max(low, value))
  return field.whole ? Math.round(kept) : kept
}

/** Whether a level changes nothing. */
export function isIdentity(card: Card, level: Level): boolean {
  return Object.entries(card.identity).every(([name, value]) => level[name] === value)
}

/** The given fields, checked, and the defaults of the rest. Throws UsageError naming `where`. */
export function completeLevel(card: Card, given: Level, where = card.kind): Level {
  for (const [name, value] of Object.entries(given)) {
    const field = card.levels[name]
    if (!field) throw new UsageError(unknownField(card, name, where))
    if (!allowed(field, value))
      throw new UsageError(expected(`${where}.${name}`, rangeText(field), value))
  }
  const defaults = Object.entries(card.levels).map(([name, field]) => [name, field.default])
  return { ...Object.fromEntries(defaults), ...given }
}

function unknownField(card: Card, name: string, where: string): string {
  const names = Object.keys(card.levels)
  return expected(
    where,
    `a level of ${card.kind} (${names.join(', ') || 'it has none'})`,
    name,
    didYouMean(name, names).trim(),
  )
}

function allowed(field: LevelField, value: number): boolean {
  const [low, high] = field.range
  const whole = !field.whole || Number.isInteger(value)
  return typeof value === 'number' && value >= low && value <= high && whole
}

function rangeText({ range: [low, high], unit, whole }: LevelField): string {
  const kind = whole ? 'a whole number' : 'a number'
  const top = high === Infinity ? `${low} or more` : `from ${low} to ${high}`
  return `${kind} ${top} (${unit})`
}
