/** A suite of the user's own, as YAML or JSON. */
import { readFileSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { didYouMean, expected, UsageError } from '../../base/index.js'
import { type Dataset, listSampleFiles, readRecording } from '../../data/index.js'
import {
  completeLevel,
  levelOfSeverity,
  type Noise,
  nearestPreset,
  noiseOf,
  noises,
} from '../../noise/index.js'
import type { Condition, Suite } from './suite.js'

/** What one entry of `conditions` may say beside the fields of the noise's level. */
const entryKeys = ['at', 'kind', 'severity', 'preset', 'clip', 'draws', 'sources', 'match']
const places = ['input', 'weight', 'activation'] as const

/**
 * Reads
 *
 *     name: factory-floor
 *     conditions:
 *       - { kind: gaussian, sigma: [0.05, 0.1, 0.2] }               # a list is a ladder
 *       - { kind: jpeg_compression, severity: [1, 3], preset: cifar-c }
 *       - { at: weight, kind: gaussian, relative: 0.05, draws: 5 }
 *       - { at: activation, kind: gaussian, match: Relu, sigma: 0.05 }
 *       - { kind: impulse_response, sources: rooms/ }               # recordings beside the file
 *
 * `clip` is `physical` (default on inputs), `none` or `[low, high]`; `match` names the weights or the
 * operators that noise inside the model is on, all where it is absent.
 * Throws UsageError with the path of what is wrong.
 */
export async function readOwnSuite(path: string, data: Dataset): Promise<Suite> {
  const where = `suite ${path}`
  const given = mapping(parse(path, where), where)
  refuseOthers(given, ['name', 'conditions'], where)
  const { name = basename(path, extname(path)), conditions } = given
  if (typeof name !== 'string') throw new UsageError(expected(`${where}: name`, 'a text', name))
  if (!Array.isArray(conditions) || !conditions.length)
    throw new UsageError(expected(`${where}: conditions`, 'a list of at least one', conditions))
  const read: Condition[] = []
  for (const [i, entry] of conditions.entries())
    read.push(...(await ladderOf(entry, `${where}: conditions[${i}]`, dirname(path), data)))
  return { name, preset: 'own', tldr: '', conditions: read }
}

function parse(path: string, where: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new UsageError(`${where}: there is no such file, or it cannot be read.`)
  }
  const document = parseDocument(text)
  const [error] = document.errors
  if (error) throw new UsageError(`${where}: ${error.message.split('\n')[0].replace(/:$/, '.')}`)
  return document.toJS({ maxAliasCount: 100 })
}

type Mapping = Readonly<Record<string, unknown>>

function mapping(value: unknown, where: string): Mapping {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping
  throw new UsageError(expected(where, 'keys and values', value))
}

function refuseOthers(given: Mapping, keys: readonly string[], where: string): void {
  const other = Object.keys(given).find(key => !keys.includes(key))
  if (other !== undefined)
    throw new UsageError(
      `${where}: expected ${keys.join(', ')}, received "${other}".${didYouMean(other, keys)}`,
    )
}

/** One entry: a condition, or several where a level or the severity is a list. */
async function ladderOf(
  value: unknown,
  where: string,
  folder: string,
  data: Dataset,
): Promise<Condition[]> {
  const entry = mapping(value, where)
  const { at = 'input', kind, severity, preset, clip, draws, sources, match, ...level } = entry
  if (!places.includes(at as never))
    throw new UsageError(expected(`${where}.at`, `one of ${places.join(', ')}`, at))
  const noise = noiseNamed(at as (typeof places)[number], kind, where)
  refuseOthers(entry, [...entryKeys, ...Object.keys(noise.levels)], where)
  if (match !== undefined && at === 'input')
    throw new UsageError(`${where}.match: it is of noise on weights and activations.`)
  const made = {
    ...{ at: at as (typeof places)[number], kind: noise.kind },
    clip: clipOf(clip, at === 'input', `${where}.clip`),
    draws: drawsOf(draws, at === 'weight' ? 5 : 1, `${where}.draws`),
    ...(match !== undefined && { match: textOf(match, `${where}.match`, 'a name or a pattern') }),
    ...(sources !== undefined && {
      sources: await recordingsIn(resolve(folder, textOf(sources, `${where}.sources`))),
    }),
  }
  if (
    'needs' in noise &&
    (noise.needs as readonly string[] | undefined)?.includes('sources') &&
    sources === undefined
  )
    throw new UsageError(
      expected(
        `${where}.sources`,
        `a folder of recordings, which ${noise.kind} draws from`,
        'none',
      ),
    )
  const levels =
    severity === undefined
      ? levelsOf(level, noise, where)
      : severitiesOf(severity, level, preset, noise, where, data)
  return levels.map((rung, i) => ({ ...made, severity: i + 1, ...rung }))
}

async function recordingsIn(path: string): Promise<NonNullable<Condition['sources']>> {
  const read = []
  for (const file of await listSampleFiles(path, 'audio')) read.push(await readRecording(file))
  return read
}

function noiseNamed(at: (typeof places)[number], kind: unknown, where: string): Noise {
  const names = Object.keys(noises[at])
  if (typeof kind === 'string' && names.includes(kind)) return noiseOf(at, kind)
  throw new UsageError(
    `${where}.kind: expected an ${at} noise of \`temper list noises\`, received ${JSON.stringify(kind)}.${didYouMean(String(kind), names)}`,
  )
}

const textOf = (value: unknown, where: string, what = 'a path'): string => {
  if (typeof value === 'string') return value
  throw new UsageError(expected(where, what, value))
}

function clipOf(value: unknown, isInput: boolean, where: string): Condition['clip'] {
  if (value === undefined) return isInput ? 'physical' : null
  if (value === 'none') return null
  if (value === 'physical') return value
  const [low, high] = Array.isArray(value) && value.length === 2 ? value : []
  if (typeof low === 'number' && typeof high === 'number' && low < high) return [low, high]
  throw new UsageError(expected(where, 'physical, none or [low, high]', value))
}

function drawsOf(value: unknown, usual: number, where: string): number {
  if (value === undefined) return usual
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1000)
    return value as number
  throw new UsageError(expected(where, 'a whole number from 1 to 1000', value))
}

type Rung = Pick<Condition, 'level'> & Partial<Pick<Condition, 'severity'>>

/** Lists of one length side by side; single numbers stay the same in every rung. */
function levelsOf(fields: Mapping, noise: Noise, where: string): Rung[] {
  const lists = Object.values(fields).filter(Array.isArray)
  const length = lists[0]?.length ?? 1
  if (!length || lists.some(list => list.length !== length))
    throw new UsageError(`${where}: its lists of levels must be of one length, and not empty.`)
  return Array.from({ length }, (_, i) => {
    const level = Object.fromEntries(
      Object.entries(fields).map(([name, v]) => [name, Array.isArray(v) ? v[i] : v]),
    )
    completeLevel(noise, level as Readonly<Record<string, number>>, where)
    return { level: level as Readonly<Record<string, number>> }
  })
}

function severitiesOf(
  value: unknown,
  level: Mapping,
  preset: unknown,
  noise: Noise,
  where: string,
  { kind, shape }: Dataset,
): Rung[] {
  const [field] = Object.keys(level)
  if (field !== undefined)
    throw new UsageError(`${where}: it says a severity and a ${field}; say one of them.`)
  if (kind !== 'image')
    throw new UsageError(`${where}.severity: severities are of images; say the level itself.`)
  const named = preset === undefined ? nearestPreset(noise, shape.at(-1)!) : textOf(preset, where)
  return [value].flat().map(severity => ({
    severity: severity as number,
    level: levelOfSeverity(noise, named, severity as number),
  }))
}
