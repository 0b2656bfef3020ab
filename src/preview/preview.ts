import { mkdirSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { DataError, expected, keyOf, UsageError } from '../base/index.js'
import { mediaOf, physicalRange, readSampleFile, type SampleFile } from '../data/index.js'
import type { Level, Source } from '../noise/index.js'
import { temperVersion } from '../record/index.js'
import { changeOf } from './change.js'
import { type Wanted, wantedNoises } from './kinds.js'
import { type Rung, rungsOf } from './rungs.js'
import { checkSources, readSources } from './sources.js'
import type { Disturbed, PreviewedLevel } from './types.js'
import { levelText } from './words.js'
import { writePictures, writeSounds } from './write.js'

export interface PreviewOptions {
  /** A picture (PNG, JPEG, WebP) or a recording (WAV, FLAC). */
  readonly file: string
  /** Kinds of `noises.input`, or a suite's name for all its corruptions. */
  readonly kinds: readonly string[]
  readonly severities?: readonly number[]
  readonly preset?: string
  /** Level fields, each with one value or one a level shown. */
  readonly set?: Readonly<Record<string, readonly number[]>>
  /** Several levels side by side. */
  readonly grid?: boolean
  /** Recordings and folders of them that background noises are drawn from. */
  readonly sources?: readonly string[]
  /** Shorter side that a larger picture is brought to before the noise; default 224 of a grid, else its own. */
  readonly size?: number
  readonly out: string
  readonly seed?: number
}

/** What was shown: the document of `temper noise --json`. */
export interface Preview {
  readonly schema: 'temper.noise/1'
  readonly version: string
  readonly seed: number
  readonly source: {
    readonly file: string
    readonly kind: SampleFile['kind']
    readonly shape: readonly number[]
    readonly sampleRate?: number
  }
  readonly levels: readonly PreviewedLevel[]
  /** Every file written. */
  readonly files: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Puts noises on one file and writes what came of it. Throws UsageError on names and levels that are
 * none or do not fit the file, DataError on files that cannot be read and on a ratio to silence.
 */
export async function previewNoise(options: PreviewOptions): Promise<Preview> {
  const { file, kinds, grid = false, out, seed = 0, set = {} } = options
  checkOut(options)
  const shortestEdge = options.size ?? (grid ? 224 : 0)
  const sample = await readSampleFile(file, { shortestEdge: shortestEdge || undefined })
  checkEnding(out, sample, grid)
  const wanted = wantedNoises(kinds, sample, file)
  checkSources(
    wanted.map(({ noise }) => noise),
    options.sources ?? [],
  )
  const sources = options.sources?.length ? await readSources(options.sources) : undefined
  const side = sample.shape.at(-1) ?? 1
  const rungs = wanted.map(({ noise, preset }) =>
    rungsOf(noise, { ...options, set, preset: options.preset ?? preset, ladder: grid, side }),
  )
  if (!grid && (rungs.length > 1 || rungs[0].length > 1))
    throw new UsageError('temper noise: several kinds or levels at once need --grid.')
  const notes: string[] = []
  const disturb = disturber(sample, { file, seed, sources, notes })
  const rows = wanted.map((want, i) => rungs[i].map(rung => disturb(want, rung)))
  notes.push(...remarks(rows.flat(), sample))
  mkdirSync(dirname(resolve(out)), { recursive: true })
  const write = sample.kind === 'image' ? writePictures : writeSounds
  const { levels, files } = await write(sample, rows, { file, out, grid })
  const { kind, shape, sampleRate } = sample
  const source = { file, kind, shape, ...(sampleRate && { sampleRate }) }
  return { schema: 'temper.noise/1', version: temperVersion, seed, source, levels, files, notes }
}

function checkOut({ file, out }: PreviewOptions): void {
  if (resolve(file) === resolve(out))
    throw new UsageError(expected('--out', 'another file than the one read', out))
}

const endings = { image: ['.png', '.jpg', '.jpeg', '.webp'], audio: ['.wav', '.png'] }

function checkEnding(out: string, { kind }: SampleFile, grid: boolean): void {
  const fitting = kind === 'image' && grid ? ['.png'] : endings[kind]
  if (fitting.includes(extname(out).toLowerCase())) return
  const what = kind === 'image' ? (grid ? 'a contact sheet' : 'a picture') : 'sound'
  const hint = mediaOf(out) ? '' : 'The ending says what is written.'
  throw new UsageError(expected('--out', `a file for ${what} (${fitting.join(', ')})`, out, hint))
}

interface Drawing {
  readonly file: string
  readonly seed: number
  readonly sources?: readonly Source[]
  readonly notes: string[]
}

/** Noise as a recipe gives it: in physical units, clipped to their range, keyed by the seed. */
function disturber(sample: SampleFile, { file, seed, sources, notes }: Drawing) {
  const { samples, shape, sampleRate, kind } = sample
  const clip = physicalRange(kind)
  return ({ noise }: Wanted, rung: Rung): Disturbed => {
    const noisy = new Float32Array(samples.length)
    const note = (reason: string) => {
      if (/ratio/.test(reason)) throw new DataError(`${file}: ${reason.split('. The sample')[0]}.`)
      notes.push(`${noise.kind}: ${reason}`)
    }
    const context = { shape, sampleRate, clip, sources, note }
    noise.apply(samples, noisy, rung.level, keyOf(seed, `preview:${noise.kind}`), context)
    return { ...rung, kind: noise.kind, noisy, change: changeOf(samples, noisy, clip ?? [-1, 1]) }
  }
}

function remarks(levels: readonly Disturbed[], sample: SampleFile): string[] {
  const said = new Set<string>()
  for (const { kind, level, change, preset } of levels) {
    if (change.changed === 0) said.add(unchanged(kind, level))
    if (sample.kind === 'audio' && change.saturated > 0.001)
      said.add(
        `${kind}: ${(change.saturated * 100).toFixed(1)}% of the samples went beyond [-1, 1] and were clipped, as a recipe does.`,
      )
    if (preset?.startsWith('imagenet-c') && Math.min(...sample.shape.slice(1)) > 600)
      said.add(
        `${preset} was made for images of ${preset.slice(-3)} pixels; this one is ${sample.shape[2]} wide, so its corruptions look weaker. --size 224 brings it there first.`,
      )
  }
  return [...said]
}

function unchanged(kind: string, level: Level): string {
  return `${kind} at ${levelText(level) || 'its only level'} changed nothing in this file.`
}
