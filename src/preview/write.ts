import { basename, extname } from 'node:path'
import sharp from 'sharp'
import { type SampleFile, wavFile } from '../data/index.js'
import { writeFileAtomic } from '../record/index.js'
import { type Cell, drawSheet, rasterOf, type SheetRow } from './sheet.js'
import { axesOf, loudest, type Spectrum, spectrogram, spectrumOf } from './spectrogram.js'
import type { Disturbed, PreviewedLevel } from './types.js'
import { levelText } from './words.js'

interface Target {
  readonly file: string
  readonly out: string
  readonly grid: boolean
}

interface Written {
  readonly levels: readonly PreviewedLevel[]
  readonly files: readonly string[]
}

type Rows = readonly (readonly Disturbed[])[]

/** Longest side of a picture in a sheet. */
const side = 224

/** The noisy picture, or a contact sheet of all of them beside the original. */
export async function writePictures(sample: SampleFile, rows: Rows, target: Target) {
  const { out, grid, file } = target
  if (!grid) {
    const [{ noisy, ...level }] = rows[0]
    await writeFileAtomic(out, await encoded(noisy, sample.shape, out))
    return { levels: [{ ...level, file: out }], files: [out] }
  }
  const original = await rasterOf(sample.samples, sample.shape, side)
  const sheet: SheetRow[] = []
  for (const row of rows) {
    const cells: Cell[] = [{ raster: original, title: 'original', detail: sizeText(sample) }]
    for (const level of row)
      cells.push({ raster: await rasterOf(level.noisy, sample.shape, side), ...wordsOf(level) })
    sheet.push({ name: rows.length > 1 ? row[0].kind : '', cells })
  }
  await writeFileAtomic(out, await drawSheet(titleOf(file, rows), sheet))
  return written(rows, [out])
}

async function encoded(
  x: Float32Array,
  shape: readonly number[],
  out: string,
): Promise<Uint8Array> {
  const { data, width, height } = await rasterOf(x, shape, Math.max(...shape.slice(1)))
  const picture = sharp(data, { raw: { width, height, channels: 3 } })
  const ending = extname(out).toLowerCase()
  if (ending === '.webp') return picture.webp({ lossless: true }).toBuffer()
  return ending === '.png'
    ? picture.png().toBuffer()
    : picture.jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toBuffer()
}

/** A WAV file a level, and one picture of their spectrograms, the original's first. */
export async function writeSounds(
  sample: SampleFile,
  rows: Rows,
  { file, out, grid }: Target,
): Promise<Written> {
  const [channels] = sample.shape
  const sampleRate = sample.sampleRate as number
  const picture = out.replace(/\.[^.]+$/, extname(out) === '.png' ? '.png' : '-spectrogram.png')
  const levels: PreviewedLevel[] = []
  for (const { noisy, ...level } of rows.flat()) {
    if (extname(out) === '.png') {
      levels.push(level)
      continue
    }
    const path = grid ? out.replace(/\.[^.]+$/, `-${fileWords(level)}.wav`) : out
    await writeFileAtomic(path, wavFile(noisy, { channels, sampleRate }))
    levels.push({ ...level, file: path })
  }
  await writeFileAtomic(picture, await spectrograms(sample, rows, file))
  return { levels, files: [...levels.flatMap(({ file: path }) => path ?? []), picture] }
}

async function spectrograms(sample: SampleFile, rows: Rows, file: string): Promise<Uint8Array> {
  const length = sample.shape[1]
  const sampleRate = sample.sampleRate as number
  const seconds = length / sampleRate
  const columns = Math.round(Math.min(900, Math.max(420, seconds * 120)))
  const first = (x: Float32Array) => spectrumOf(x.subarray(0, length), sampleRate, columns)
  const original = first(sample.samples)
  const top = loudest(original)
  const axes = axesOf(seconds, sampleRate)
  const cell = (spectrum: Spectrum, words: Pick<Cell, 'title' | 'detail'>): Cell => ({
    raster: spectrogram(spectrum, top),
    axes,
    ...words,
  })
  const about = `${seconds.toFixed(2)} s at ${sampleRate} Hz; 80 dB from black to the loudest`
  const cells = [
    cell(original, { title: 'original', detail: about }),
    ...rows.flat().map(level => cell(first(level.noisy), wordsOf(level, true))),
  ]
  return drawSheet(titleOf(file, rows), inRows(cells, cells.length > 3 ? 3 : 1))
}

function inRows(cells: readonly Cell[], columns: number): SheetRow[] {
  const count = Math.ceil(cells.length / columns)
  return Array.from({ length: count }, (_, r) => ({
    name: '',
    cells: cells.slice(r * columns, (r + 1) * columns),
  }))
}

function written(rows: Rows, files: string[]): Written {
  return { levels: rows.flat().map(({ noisy: _, ...level }) => level), files }
}

const sizeText = ({ shape: [channels, height, width] }: SampleFile) =>
  `${width} x ${height}, ${channels === 1 ? 'grey' : 'colour'}`

function titleOf(file: string, rows: Rows): string {
  const kinds = [...new Set(rows.flat().map(({ kind }) => kind))]
  const what = kinds.length > 3 ? `${kinds.length} noises` : kinds.join(', ')
  const presets = [...new Set(rows.flat().flatMap(({ preset }) => preset ?? []))]
  return `${what}${presets.length === 1 ? ` (${presets[0]})` : ''} on ${basename(file)}`
}

function wordsOf(level: PreviewedLevel, long = false): Pick<Cell, 'title' | 'detail'> {
  const { severity, kind, change } = level
  const fields = levelText(level.level)
  const measured = change.snrDb === null ? 'unchanged' : `${change.snrDb.toFixed(1)} dB SNR`
  if (severity !== undefined) return { title: `severity ${severity}`, detail: fields }
  return long
    ? { title: `${kind}, ${fields}`, detail: `measured ${measured}` }
    : { title: fields || kind, detail: measured }
}

/** "pink-snr-10", as part of a file's name. */
function fileWords({ kind, level, severity }: PreviewedLevel): string {
  const [name, value] = Object.entries(level)[0] ?? []
  if (severity !== undefined || name === undefined) return `${kind}-${severity ?? 1}`
  return `${kind}-${name}-${Number(value.toPrecision(3))}`
}
