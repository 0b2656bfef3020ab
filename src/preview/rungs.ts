import { expected, UsageError } from '../base/index.js'
import {
  completeLevel,
  type InputNoise,
  type Level,
  levelOfSeverity,
  nearestPreset,
} from '../noise/index.js'

/** One level of the ladder. */
export interface Rung {
  readonly level: Level
  readonly severity?: number
  readonly preset?: string
}

export interface RungOptions {
  readonly severities?: readonly number[]
  readonly preset?: string
  /** Level fields, each with one value or one a rung. */
  readonly set?: Readonly<Record<string, readonly number[]>>
  /** Several levels: every severity, or a ladder about the default. */
  readonly ladder: boolean
  /** Width of the picture, for the nearest preset. */
  readonly side: number
}

/** The strengths of a ladder about the default level, and those of a signal-to-noise ratio in dB. */
const gains = [0.25, 0.5, 1, 2, 4]
const decibels = [10, 0, -10, -20]

function ladderOf(noise: InputNoise, level: Level): Level[] {
  return 'snr' in level
    ? decibels.map(step => ({ ...level, snr: level.snr + step }))
    : gains.map(gain => noise.scale(level, gain))
}

/** The levels to show. Throws UsageError on what the kind does not have. */
export function rungsOf(noise: InputNoise, options: RungOptions): Rung[] {
  const { severities, preset, set = {}, ladder } = options
  const overrides = columnsOf(set)
  if (severities || preset !== undefined || (!overrides.length && hasSeverities(noise)))
    return severityRungs(noise, options, overrides)
  const levels = overrides.length ? overrides : [{}]
  const given = levels.map(level => completeLevel(noise, level, noise.kind))
  if (!ladder || given.length > 1) return given.map(level => ({ level }))
  return distinct(ladderOf(noise, given[0])).map(level => ({ level }))
}

const hasSeverities = ({ presets }: InputNoise) => Object.keys(presets).length > 0

function severityRungs(noise: InputNoise, options: RungOptions, overrides: Level[]): Rung[] {
  const preset = options.preset ?? nearestPreset(noise, options.side)
  if (overrides.length > 1)
    throw new UsageError(
      `${noise.kind}: a severity and several values of one level exclude each other. Leave --severity out.`,
    )
  return severitiesOf(noise, preset, options).map(severity => {
    const level = { ...levelOfSeverity(noise, preset, severity), ...overrides[0] }
    return { level: completeLevel(noise, level, noise.kind), severity, preset }
  })
}

/** Those asked for; else all on a ladder, or the one the suite published, or the middle one. */
function severitiesOf(noise: InputNoise, preset: string, options: RungOptions): readonly number[] {
  if (options.severities) return options.severities
  const { levels, published } = noise.presets[preset] ?? { levels: [] }
  if (!options.ladder || levels.length === 1)
    return [published ?? Math.ceil(levels.length / 2 || 1)]
  return levels.map((_, k) => k + 1)
}

/** Field values side by side as levels: a single value stands in every one. */
function columnsOf(set: Readonly<Record<string, readonly number[]>>): Level[] {
  const fields = Object.entries(set)
  if (!fields.length) return []
  const count = Math.max(...fields.map(([, values]) => values.length))
  const odd = fields.find(([, values]) => values.length !== 1 && values.length !== count)
  if (odd)
    throw new UsageError(
      expected(`--set ${odd[0]}`, `1 or ${count} values, as the others have`, odd[1].length),
    )
  return Array.from({ length: count }, (_, k) =>
    Object.fromEntries(fields.map(([name, values]) => [name, values[k] ?? values[0]])),
  )
}

/** Bounds of a field may make several rungs one. */
function distinct(levels: readonly Level[]): Level[] {
  return [...new Map(levels.map(level => [JSON.stringify(level), level])).values()]
}
