/** What a noise of a recipe draws from besides its key: recordings, class frequencies, a matrix. */
import { DataError, expected, keyOf, UsageError } from '../base/index.js'
import { type Dataset, readRecordings } from '../data/index.js'
import type { InputNoise, Source, TargetNoise } from '../noise/index.js'
import { sha256 } from '../record/index.js'
import type { NoiseEntry } from './noise.js'
import type { ResolvedNoise } from './resolve-noise.js'

export interface Material {
  readonly sources?: readonly Source[]
  /** How often each class occurs, adding up to 1. */
  readonly prior?: Float32Array
  /** Row-major `[classes, classes]`. */
  readonly transition?: Float32Array
}

export interface MaterialContext {
  readonly data: Dataset
  /** Numbers a target; one number for two classes counts as two. */
  readonly classes: number
}

/** The noises with what they draw from. Throws UsageError or DataError before anything runs. */
export function withMaterial(
  noises: readonly ResolvedNoise[],
  context: MaterialContext,
): Promise<ResolvedNoise[]> {
  const gather = async (resolved: ResolvedNoise, index: number) => ({
    ...resolved,
    material: await materialOf(resolved, `noise[${index}]`, context),
  })
  return Promise.all(noises.map(gather))
}

async function materialOf(
  { noise, entry }: ResolvedNoise,
  where: string,
  context: MaterialContext,
): Promise<Material> {
  if (noise.at === 'target') return targetMaterial(noise as TargetNoise, entry, where, context)
  const needs = noise.at === 'input' ? ((noise as InputNoise).needs ?? []) : []
  return needs.includes('sources') ? { sources: await sourcesOf(entry, where, context) } : {}
}

async function sourcesOf(
  { kind, sources = [] }: NoiseEntry,
  where: string,
  { data }: MaterialContext,
): Promise<Source[]> {
  const given = typeof sources === 'string' ? [sources] : sources
  const own = kind === 'impulse_response' ? [] : (data.noises ?? [])
  const paths = given.length ? given : own
  if (!paths.length)
    throw new UsageError(
      `${where}: ${kind} draws from recordings, and ${data.name} has none of its own. Say where they are: sources: FILE_OR_FOLDER.`,
    )
  try {
    return await readRecordings(paths, data.sampleRate)
  } catch (error) {
    throw error instanceof DataError ? new DataError(`${where}.sources: ${error.message}`) : error
  }
}

function targetMaterial(
  noise: TargetNoise,
  entry: NoiseEntry,
  where: string,
  { data, classes }: MaterialContext,
): Material {
  const isClasses = data.labels !== undefined
  if (isClasses !== (noise.form === 'classes'))
    throw new UsageError(
      `${where}: ${noise.kind} acts on ${noise.form === 'classes' ? 'classes' : 'numbers to predict'}, and ${data.name} holds ${isClasses ? 'classes' : 'numbers'}.`,
    )
  const needs = noise.needs ?? []
  const material = {
    ...(needs.includes('prior') && { prior: priorOf(entry, where, data, classes) }),
    ...(needs.includes('transition') && { transition: transitionOf(entry, where, classes) }),
  }
  if (isClasses) refuseMisfit(noise, material, where, classes)
  return material
}

/** The frequencies given, or those of the training data. */
function priorOf({ prior }: NoiseEntry, where: string, data: Dataset, classes: number) {
  if (prior === undefined) {
    const counts = new Float32Array(classes)
    for (const label of data.labels!) counts[label]++
    return counts.map(count => count / data.length)
  }
  if (prior.length !== classes || !isDistribution(prior))
    throw new UsageError(
      expected(
        `${where}.prior`,
        `${classes} frequencies that add up to 1, one a class`,
        JSON.stringify(prior),
      ),
    )
  return Float32Array.from(prior)
}

function transitionOf({ transition }: NoiseEntry, where: string, classes: number): Float32Array {
  const isRow = (row: readonly number[]) => row.length === classes && isDistribution(row)
  if (transition?.length !== classes || !transition.every(isRow))
    throw new UsageError(
      expected(
        `${where}.transition`,
        `${classes} rows, one a class, each of ${classes} chances that add up to 1`,
        transition ? JSON.stringify(transition) : 'none',
      ),
    )
  return Float32Array.from(transition.flat())
}

const isDistribution = (chances: readonly number[]) =>
  chances.every(p => p >= 0) && Math.abs(chances.reduce((a, b) => a + b, 0) - 1) < 1e-4

/** Tries the noise at its default level, so that one made for other classes is refused at once. */
function refuseMisfit(noise: TargetNoise, material: Material, where: string, classes: number) {
  const target = new Float32Array(classes)
  target[0] = 1
  const levels = Object.entries(noise.levels).map(([name, field]) => [name, field.default])
  try {
    noise.apply(target, target, Object.fromEntries(levels), keyOf(0, 'trial'), material)
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${where}: ${error.message}`) : error
  }
}

/** What the plan says of it: recordings by content, numbers as they are. */
export function planOfMaterial({ sources, prior, transition }: Material) {
  return {
    ...(sources && {
      sources: {
        recordings: sources.length,
        sha256: sha256(...sources.map(({ samples }) => new Uint8Array(samples.slice().buffer))),
      },
    }),
    ...(prior && { prior: [...prior] }),
    ...(transition && { transition: [...transition] }),
  }
}
