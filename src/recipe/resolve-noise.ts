/** A recipe's noises against the table, the data and the model: levels over time, what each touches. */
import { type Lengths, matcher, parseTime, timeInBatches, UsageError } from '../base/index.js'
import { type Dataset, physicalRange } from '../data/index.js'
import type { Parameter } from '../model/index.js'
import { type Condition, parseCondition } from '../monitor/index.js'
import {
  type ActivationNoise,
  type ActivationRequest,
  type Ascent,
  ascentOf,
  isAscent,
  levelOfSeverity,
  type Noise,
  nearestPreset,
  noiseOf,
  sitesOf,
} from '../noise/index.js'
import type { Graph } from '../onnx/index.js'
import { type Level, parseLevel, parseWindow, type Window } from '../schedule/index.js'
import type { Material } from './material.js'
import type { NoiseEntry, NoiseStart } from './noise.js'
import { refuseFigures } from './rules.js'

/** A noise entry ready to act. */
export interface ResolvedNoise {
  /** `input:gaussian`; a second one of a kind is `input:gaussian#2`. Names events and keys. */
  readonly name: string
  readonly noise: Noise | Ascent
  readonly entry: NoiseEntry
  readonly levels: Readonly<Record<string, Level>>
  /** When it acts, counted from its beginning. */
  readonly window: Window
  /** When it begins; from the first step where absent. */
  readonly start?: Start
  readonly clip: readonly [number, number] | null
  readonly share: number
  readonly probability: number
  readonly redraw: 'step' | 'epoch' | 'run'
  /** The tensors it touches; samples and targets need no list. */
  readonly touches: readonly string[]
  /** What it draws from besides its key. */
  readonly material: Material
}

/** Begins after so many updates, or as soon as a check meets a condition. */
export interface Start {
  /** Update at which it begins in any case. */
  readonly at?: number
  readonly when?: Condition
}

export interface NoiseContext {
  readonly lengths: Lengths
  readonly data: Dataset
  readonly parameters: readonly Parameter[]
  /** The model with every shape known: where activation noise is put. */
  readonly graph: () => Graph
  /** Whether the optimizer moves a parameter. */
  readonly isTrained: (parameter: Parameter) => boolean
}

export function resolveNoises(
  entries: readonly NoiseEntry[],
  context: NoiseContext,
): ResolvedNoise[] {
  const counts = new Map<string, number>()
  return entries.map((entry, index) => {
    const stem = `${entry.at}:${entry.kind}`
    const count = (counts.get(stem) ?? 0) + 1
    counts.set(stem, count)
    const name = count === 1 ? stem : `${stem}#${count}`
    return resolveNoise(entry, name, `noise[${index}]`, context)
  })
}

function resolveNoise(
  entry: NoiseEntry,
  name: string,
  where: string,
  context: NoiseContext,
): ResolvedNoise {
  const noise = ascentOf(entry.at, entry.kind) ?? noiseOf(entry.at, entry.kind)
  refuseHeldOut(noise, entry, where)
  refuseModality(noise, context.data, where)
  return {
    name,
    noise,
    entry,
    levels: levelsOf(noise, entry, where, context),
    window: parseWindow(entry, { lengths: context.lengths, where }),
    ...(entry.start !== undefined && { start: startOf(entry.start, `${where}.start`, context) }),
    clip: clipOf(entry, context.data),
    share: entry.share ?? 1,
    probability: entry.probability ?? 1,
    redraw: entry.redraw ?? (entry.at === 'target' ? 'run' : 'step'),
    touches: touchedBy(noise, entry, where, context),
    material: {},
  }
}

function startOf(start: NoiseStart, where: string, { lengths, data }: NoiseContext): Start {
  const updates = (text: string, path: string) =>
    Math.ceil(timeInBatches(parseTime(text, path), lengths) - 1e-9)
  if (typeof start === 'string') return { at: updates(start, where) }
  const when = parseCondition(start.when, `${where}.when`)
  refuseFigures(when.figures, data, `${where}.when`)
  const { atLatest } = start
  return { when, ...(atLatest && { at: updates(atLatest, `${where}.atLatest`) }) }
}

function refuseHeldOut(noise: Noise | Ascent, { allowHeldOut }: NoiseEntry, where: string): void {
  if (noise.heldOut && !allowHeldOut)
    throw new UsageError(
      `${where}: ${noise.kind} is a corruption of a published test suite, so training on it would make the suite's figures meaningless. Say allowHeldOut: true if that is what you want.`,
    )
}

function refuseModality(noise: Noise | Ascent, data: Dataset, where: string): void {
  if (
    noise.at !== 'input' ||
    isAscent(noise) ||
    noise.modality === 'any' ||
    noise.modality === data.kind
  )
    return
  throw new UsageError(
    `${where}: ${noise.kind} acts on ${noise.modality} samples, and ${data.name} holds ${data.kind} samples.`,
  )
}

/** Each level field over the run: as given, from the preset's severity, or its default. */
function levelsOf(noise: Noise | Ascent, entry: NoiseEntry, where: string, context: NoiseContext) {
  const { lengths, data } = context
  const given = Object.keys(noise.levels).filter(field => entry[field] !== undefined)
  const preset = severityLevel(noise, entry, where, data.shape)
  if (!given.length && !preset && Object.keys(noise.levels).length)
    throw new UsageError(
      `${where}: ${noise.kind} needs a level: ${Object.keys(noise.levels).join(' or ')}.`,
    )
  const fields = given.map(field => {
    const level = parseLevel(entry[field], { lengths, where: `${where}.${field}` })
    refuseOutOfRange(noise, field, level, `${where}.${field}`, lengths)
    return [field, level] as const
  })
  const rest = Object.entries(preset ?? defaultsOf(noise, given)).map(([field, value]) => [
    field,
    parseLevel(value, { lengths, where: `${where}.${field}` }),
  ])
  return Object.fromEntries([...rest, ...fields]) as Record<string, Level>
}

function defaultsOf(noise: Noise | Ascent, given: readonly string[]): Record<string, number> {
  const rest = Object.entries(noise.levels).filter(([field]) => !given.includes(field))
  return Object.fromEntries(rest.map(([field, { default: value }]) => [field, value]))
}

/** The level of a published severity; the preset is the one asked for, or the nearest in image size. */
function severityLevel(
  noise: Noise | Ascent,
  { severity, preset }: NoiseEntry,
  where: string,
  shape: readonly number[],
) {
  if (severity === undefined && preset === undefined) return undefined
  const names = Object.keys(noise.presets)
  if (!names.length)
    throw new UsageError(
      `${where}: ${noise.kind} has no presets; give its level instead (${Object.keys(noise.levels).join(', ')}).`,
    )
  return levelOfSeverity(noise, preset ?? nearestPreset(noise, shape.at(-1) ?? 1), severity)
}

/** Levels are checked all through the run, before anything starts. */
function refuseOutOfRange(
  noise: Noise | Ascent,
  field: string,
  level: Level,
  where: string,
  lengths: Lengths,
) {
  const { range, unit } = noise.levels[field]
  const steps = lengths.epochs * lengths.batchesPerEpoch
  for (let i = 0; i <= 200; i++) {
    const batch = (steps * i) / 200
    const moment = { batch, epoch: batch / lengths.batchesPerEpoch, sample: 0, progress: i / 200 }
    for (const value of [level.low(moment), level.high(moment)])
      if (!(value >= range[0] && value <= range[1]))
        throw new UsageError(
          `${where}: expected a level from ${range[0]} to ${range[1]} (${unit}), received ${value}${i ? ` at ${Math.round(i / 2)}% of the run` : ''}.`,
        )
  }
}

function clipOf({ at, clip }: NoiseEntry, data: Dataset): readonly [number, number] | null {
  if (at !== 'input' || clip === 'none') return null
  if (clip) return clip
  return physicalRange(data.kind)
}

/** The tensors or values a noise touches; samples and targets need no list. */
function touchedBy(
  noise: Noise | Ascent,
  entry: NoiseEntry,
  where: string,
  context: NoiseContext,
): string[] {
  if (entry.at === 'weight') return touched(entry, where, candidatesOf(noise, context))
  if (entry.at !== 'activation') return []
  return sitesOf(context.graph(), { ...requestOf(entry), where }).map(({ value }) => value)
}

/** What `insertActivationNoise` wants of the activation noise of a recipe. */
export function activationRequest({ entry, touches }: ResolvedNoise): ActivationRequest {
  return { ...requestOf(entry), values: touches }
}

function requestOf(entry: NoiseEntry): ActivationRequest {
  const noise = noiseOf('activation', entry.kind) as ActivationNoise
  const fields = Object.keys(noise.levels).filter(field => entry[field] !== undefined)
  return { noise, fields, match: entry.match, depth: entry.depth }
}

/** Parameters a noise may touch; one that asks for a gradient moves only those that are trained. */
function candidatesOf(noise: Noise | Ascent, { parameters, isTrained }: NoiseContext): string[] {
  const touched = isAscent(noise)
    ? parameters.filter(p => isTrained(p) && (noise.moves?.(p.shape) ?? true))
    : parameters.filter(p => p.role !== 'statistic')
  return touched.map(p => p.name)
}

function touched({ match }: NoiseEntry, where: string, candidates: readonly string[]): string[] {
  if (match === undefined) return [...candidates]
  const touches = candidates.filter(matcher(match))
  if (!touches.length)
    throw new UsageError(
      `${where}: the pattern "${match}" matches no parameter. There are ${candidates.slice(0, 8).join(', ')}${candidates.length > 8 ? ', ...' : ''}.`,
    )
  return touches
}
