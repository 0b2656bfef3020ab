import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DataError, TemperError } from '../base/index.js'
import { listSampleFiles, noiseFolder, readSampleFile, type SampleFile } from '../data/index.js'
import { temperVersion } from '../record/index.js'
import { blurOf } from './image-blur.js'
import { noiseOfImage } from './image-noise.js'
import { jpegQuality } from './jpeg-quality.js'
import { type Proposal, proposalsFor } from './propose.js'
import { measureSound, type SoundMeasures } from './sound.js'
import { type Spread, spreadOf } from './spread.js'

export interface EstimateOptions {
  /** A folder with pictures or recordings, or one of them. */
  readonly path: string
  /** At most so many files, evenly over the sorted list; default 200. */
  readonly limit?: number
  readonly onEvent?: (event: { readonly done: number; readonly of: number }) => void
  readonly signal?: AbortSignal
}

/** What was found: the document of `temper noise --measure --json`. */
export interface Estimate {
  readonly schema: 'temper.noise-estimate/1'
  readonly version: string
  readonly path: string
  readonly images?: {
    readonly files: number
    /** Standard deviation of the noise, pixels in [0,1]. */
    readonly noise?: Spread
    /** Standard deviation of the blur at edges, in pixels. */
    readonly blur?: Spread
    /** JPEG quality of those that were compressed. */
    readonly quality?: Spread
  }
  readonly sound?: {
    readonly files: number
    readonly snrDb?: Spread
    readonly slopeDb?: Spread
    readonly clipped?: Spread
    readonly silent: number
  }
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  readonly proposals: readonly Proposal[]
  readonly notes: readonly string[]
}

interface ImageMeasures {
  readonly noise?: number
  readonly blur?: number
  readonly quality?: number
}

/** Estimates the noise of a folder's files. Throws DataError where it holds none, or none can be read. */
export async function estimateNoise(options: EstimateOptions): Promise<Estimate> {
  const { path, limit = 200, onEvent, signal } = options
  const there = isFolder(path) ? await listSampleFiles(path) : [path]
  const all = withoutNoiseFolder(there)
  const files = evenly(all, limit)
  const images: ImageMeasures[] = []
  const sounds: SoundMeasures[] = []
  const unreadable: { file: string; reason: string }[] = []
  for (const [done, file] of files.entries()) {
    signal?.throwIfAborted()
    try {
      const sample = await readSampleFile(file)
      if (sample.kind === 'image') images.push(measureImage(sample))
      else sounds.push(measureRecording(sample))
    } catch (error) {
      if (!(error instanceof TemperError)) throw error
      unreadable.push({ file, reason: error.message })
    }
    onEvent?.({ done: done + 1, of: files.length })
  }
  if (!images.length && !sounds.length)
    throw new DataError(
      `${path}: none of its ${files.length} files can be read. ${unreadable[0].reason}`,
    )
  const found = { ...imageSummary(images), ...soundSummary(sounds) }
  const proposals = proposalsFor(found)
  const counts = { read: files.length, all: all.length, there: there.length }
  const notes = remarks(counts, found, proposals)
  const header = { schema: 'temper.noise-estimate/1', version: temperVersion, path } as const
  return { ...header, ...found, unreadable, proposals, notes }
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new DataError(`${path}: there is no such file or folder.`)
  return found.isDirectory()
}

/** Recordings of noise beside data are not measured as data, unless there is nothing else. */
function withoutNoiseFolder(files: readonly string[]): readonly string[] {
  const data = files.filter(file => basename(dirname(file)) !== noiseFolder)
  return data.length ? data : files
}

const evenly = (files: readonly string[], most: number) =>
  files.length <= most
    ? files
    : Array.from({ length: most }, (_, k) => files[Math.floor((k * files.length) / most)])

function measureImage({ samples, shape, bytes }: SampleFile): ImageMeasures {
  const noise = noiseOfImage(samples, shape)
  return {
    noise,
    blur: blurOf(samples, shape, noise),
    quality: jpegQuality(bytes, samples, shape),
  }
}

/** The first channel stands for all. */
function measureRecording({ samples, shape, sampleRate = 16000 }: SampleFile): SoundMeasures {
  return measureSound(samples.subarray(0, shape[1]), sampleRate)
}

function imageSummary(images: readonly ImageMeasures[]): Pick<Estimate, 'images'> {
  if (!images.length) return {}
  const of = (name: keyof ImageMeasures) => spreadOf(images.map(image => image[name]))
  const [noise, blur, quality] = [of('noise'), of('blur'), of('quality')]
  return {
    images: {
      files: images.length,
      ...(noise && { noise }),
      ...(blur && { blur }),
      ...(quality && { quality }),
    },
  }
}

function soundSummary(sounds: readonly SoundMeasures[]): Pick<Estimate, 'sound'> {
  if (!sounds.length) return {}
  const heard = sounds.filter(({ silent }) => !silent)
  const of = (name: 'snrDb' | 'slopeDb' | 'clipped') => spreadOf(heard.map(sound => sound[name]))
  const [snrDb, slopeDb, clipped] = [of('snrDb'), of('slopeDb'), of('clipped')]
  return {
    sound: {
      files: sounds.length,
      ...(snrDb && { snrDb }),
      ...(slopeDb && { slopeDb }),
      ...(clipped && { clipped }),
      silent: sounds.length - heard.length,
    },
  }
}

function remarks(
  { read, all, there }: { read: number; all: number; there: number },
  { images, sound }: Pick<Estimate, 'images' | 'sound'>,
  proposals: readonly Proposal[],
): string[] {
  return [
    ...(all < there
      ? [`${there - all} files in ${noiseFolder} are noise, not data: left out.`]
      : []),
    ...(read < all ? [`${read} of ${all} files were read, evenly over the folder.`] : []),
    ...(sound?.silent ? [`${sound.silent} of ${sound.files} recordings are silent.`] : []),
    ...(sound?.snrDb
      ? [
          'The quietest fifth of each recording is taken for noise: where sound goes on without pauses, the ratio reads lower than it is.',
        ]
      : []),
    ...(images && !images.noise ? ['The pictures are too small or too flat to tell noise.'] : []),
    ...(proposals.length ? [] : ['Nothing was found that a noise of the table would cover.']),
  ]
}
