import { expected, UsageError } from '../base/index.js'
import type { Card, Level, Preset } from './types.js'

/** Published suites, and the side of the images they were made for. */
export const suites: Readonly<Record<string, number>> = {
  'mnist-c': 28,
  'cifar-c': 32,
  'tiny-imagenet-c': 64,
  'imagenet-c/224': 224,
  'imagenet-c/299': 299,
}

/** The preset of a noise made for the image size nearest to this one, by ratio. */
export function nearestPreset(card: Card, side: number): string {
  const names = Object.keys(card.presets)
  if (!names.length)
    throw new UsageError(`${card.kind} has no published severities; say its levels instead.`)
  const distance = (name: string) => Math.abs(Math.log(side / (suites[name] ?? side)))
  return names.reduce((best, name) => (distance(name) < distance(best) ? name : best))
}

function presetOf(card: Card, name: string): Preset {
  if (Object.hasOwn(card.presets, name)) return card.presets[name]
  const names = Object.keys(card.presets).join(', ') || 'none'
  throw new UsageError(expected(`${card.kind}.preset`, `one of its presets (${names})`, name))
}

/**
 * The level of a severity (from 1) of a preset; without one, the severity the suite published.
 * Throws UsageError where there is none.
 */
export function levelOfSeverity(card: Card, preset: string, severity?: number): Level {
  const { levels, published } = presetOf(card, preset)
  const wanted = severity ?? published ?? (levels.length === 1 ? 1 : undefined)
  const level = wanted === undefined ? undefined : levels[wanted - 1]
  if (level) return level
  throw new UsageError(
    expected(`${card.kind}.severity`, `a whole number from 1 to ${levels.length}`, wanted),
  )
}
