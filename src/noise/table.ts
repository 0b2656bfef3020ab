import { didYouMean, expected, UsageError } from '../base/index.js'
import { activationRows } from './activation/index.js'
import type { ActivationNoise } from './activation/types.js'
import { ascentRows } from './ascent/index.js'
import type { Ascent } from './ascent/types.js'
import { gaussian as gradientGaussian } from './gradient/gaussian.js'
import { anyNoises } from './input/any/index.js'
import { audioNoises } from './input/audio/index.js'
import { augmentations } from './input/augment/index.js'
import { suiteCorruptions } from './input/image/index.js'
import { mixNoises } from './mix/index.js'
import { targetNoises } from './target/index.js'
import type {
  Card,
  GradientNoise,
  InputNoise,
  MixNoise,
  TargetNoise,
  WeightNoise,
} from './types.js'
import { weightNoises } from './weight/index.js'

function byKind<N extends { kind: string }>(rows: readonly N[]): Readonly<Record<string, N>> {
  return Object.fromEntries(rows.map(row => [row.kind, row]))
}

/** Every noise, by where it enters and its kind. */
export const noises = {
  input: byKind<InputNoise>([...anyNoises, ...audioNoises, ...suiteCorruptions, ...augmentations]),
  mix: byKind<MixNoise>(mixNoises),
  weight: byKind<WeightNoise>(weightNoises),
  activation: byKind<ActivationNoise>(activationRows),
  target: byKind<TargetNoise>(targetNoises),
  gradient: byKind<GradientNoise>([gradientGaussian]),
} as const

/** Noise that asks for a gradient, by where it moves and its kind; training alone puts it on. */
export const ascents = {
  input: byKind<Ascent>(ascentRows.filter(({ at }) => at === 'input')),
  weight: byKind<Ascent>(ascentRows.filter(({ at }) => at === 'weight')),
} as const

/** The ascent of that site and kind, where there is one. */
export function ascentOf(at: string, kind: string): Ascent | undefined {
  const rows: Readonly<Record<string, Ascent>> | undefined = ascents[at as keyof typeof ascents]
  return rows && Object.hasOwn(rows, kind) ? rows[kind] : undefined
}

/** Whether a noise asks for a gradient. */
export const isAscent = (noise: Card): noise is Ascent => 'climb' in noise

export type NoiseTable = typeof noises
export type TableSite = keyof NoiseTable
/** The noise type of one site. */
export type NoiseAt<S extends TableSite> = NoiseTable[S][string]
export type Noise = NoiseAt<TableSite>

export function isSite(at: string): at is TableSite {
  return Object.hasOwn(noises, at)
}

/** The noise of that site and kind. Throws UsageError with the nearest names. */
export function noiseOf<S extends TableSite>(at: S, kind: string, where = 'noise'): NoiseAt<S> {
  const rows = noises[at] as Readonly<Record<string, NoiseAt<S>>> | undefined
  if (!rows)
    throw new UsageError(expected(`${where}.at`, `one of ${Object.keys(noises).join(', ')}`, at))
  if (Object.hasOwn(rows, kind)) return rows[kind]
  const others = Object.keys(noises).filter(
    site => site !== at && Object.hasOwn(noises[site as TableSite], kind),
  )
  const elsewhere = others.length ? ` It exists at ${others.join(', ')}.` : ''
  const near = didYouMean(kind, Object.keys(rows)) || ' See temper list noises.'
  throw new UsageError(
    expected(`${where}.kind`, `a noise at ${at}`, kind, (near + elsewhere).trim()),
  )
}

/** Every noise of the table, site by site. */
export function allNoises(): Noise[] {
  return Object.values(noises).flatMap(rows => Object.values(rows) as Noise[])
}
