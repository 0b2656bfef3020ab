import sharp, { type OverlayOptions } from 'sharp'

/** Interleaved bytes, red, green, blue. */
export interface Raster {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** One picture of a sheet and the words under it, wrapped at commas: a title and what it comes to. */
export interface Cell {
  readonly raster: Raster
  readonly title: string
  readonly detail: string
  /** Ticks along the sides, of spectrograms. */
  readonly axes?: { readonly x: readonly Tick[]; readonly y: readonly Tick[] }
}

/** A place from 0 (left, bottom) to 1 and its label. */
export interface Tick {
  readonly at: number
  readonly label: string
}

export interface SheetRow {
  /** At the left, above the cells; empty for none. */
  readonly name: string
  readonly cells: readonly Cell[]
}

const ink = '#1d1c1a'
const soft = '#5a5751'
const paper = '#fffefb'
const margin = 24
const gap = 14
const lineHeight = 16
const header = 30

/** A PNG of labelled pictures in rows. */
export async function drawSheet(title: string, rows: readonly SheetRow[]): Promise<Uint8Array> {
  const all = rows.flatMap(row => row.cells)
  const axes = all.some(cell => cell.axes) ? { left: 44, bottom: 20 } : { left: 0, bottom: 0 }
  const width = Math.max(...all.map(cell => cell.raster.width)) + axes.left
  const caption = 8 + lineHeight * Math.max(...all.map(cell => wordsOf(cell, width).length))
  const height = Math.max(...all.map(cell => cell.raster.height)) + axes.bottom + caption
  const nameHeight = rows.some(row => row.name) ? 26 : 0
  const columns = Math.max(...rows.map(row => row.cells.length))
  const total = {
    width: 2 * margin + columns * width + (columns - 1) * gap,
    height: margin + header + rows.length * (height + nameHeight + 8) + margin / 2,
  }
  const words = [text(margin, margin + 12, title, { size: 16, weight: 600 })]
  const pictures: OverlayOptions[] = []
  rows.forEach((row, r) => {
    const top = margin + header + r * (height + nameHeight + 8)
    if (row.name) words.push(text(margin, top + 14, row.name, { size: 14, weight: 600 }))
    row.cells.forEach((cell, c) => {
      const left = margin + c * (width + gap) + axes.left
      const placed = { left, top: top + nameHeight }
      const { data, ...size } = cell.raster
      pictures.push({ input: Buffer.from(data), raw: { ...size, channels: 3 }, ...placed })
      const below = placed.top + size.height + axes.bottom
      const lines = wordsOf(cell, width)
      words.push(...lines.map((line, n) => text(left, below + (n + 1) * lineHeight, ...line)))
      if (cell.axes) words.push(...ticks(cell.axes, placed, size))
    })
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${total.width}" height="${total.height}"><rect width="100%" height="100%" fill="${paper}"/>${words.join('')}</svg>`
  return sharp(Buffer.from(svg)).composite(pictures).removeAlpha().png().toBuffer()
}

interface Style {
  readonly size: number
  readonly weight?: number
  readonly fill?: string
  readonly anchor?: 'start' | 'middle' | 'end'
}

function text(x: number, y: number, words: string, style: Style): string {
  const { size, weight = 400, fill = ink, anchor = 'start' } = style
  const shown = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<text x="${x}" y="${y}" font-family="Noto Sans, DejaVu Sans, Helvetica, Arial, sans-serif" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${shown}</text>`
}

const titleStyle: Style = { size: 12.5 }
const detailStyle: Style = { size: 11, fill: soft }

/** The lines under a picture. */
function wordsOf({ title, detail }: Cell, width: number): [string, Style][] {
  return [...wrapped(title, width, titleStyle), ...wrapped(detail, width, detailStyle)]
}

/** Lines that fit in a width, at about .52 of the size a letter; broken after commas only. */
function wrapped(words: string, width: number, style: Style): [string, Style][] {
  const most = width / (0.52 * style.size)
  const lines: string[] = []
  for (const part of words.split(/(?<=,) /)) {
    const longer = lines.length ? `${lines.at(-1)} ${part}` : part
    if (lines.length && longer.length <= most) lines[lines.length - 1] = longer
    else lines.push(part)
  }
  return lines.map(line => [line, style])
}

function ticks(
  { x, y }: NonNullable<Cell['axes']>,
  { left, top }: { left: number; top: number },
  { width, height }: { width: number; height: number },
): string[] {
  const small = { size: 10.5, fill: soft }
  return [
    ...x.map(({ at, label }) =>
      text(left + at * width, top + height + 14, label, {
        ...small,
        anchor: at > 0.97 ? 'end' : at < 0.03 ? 'start' : 'middle',
      }),
    ),
    ...y.map(({ at, label }) =>
      text(left - 6, top + (1 - at) * height + (at > 0.97 ? 9 : at < 0.03 ? 0 : 4), label, {
        ...small,
        anchor: 'end',
      }),
    ),
  ]
}

/**
 * A sample `[channel, height, width]` in [0,1] as a picture of a sheet: small ones enlarged by a whole
 * number, so that every pixel shows, large ones brought down to `side`.
 */
export async function rasterOf(
  samples: Float32Array,
  [channels, height, width]: readonly number[],
  side: number,
): Promise<Raster> {
  const size = height * width
  const data = new Uint8Array(size * 3)
  for (let i = 0; i < size; i++)
    for (let c = 0; c < 3; c++) {
      const value = samples[(channels === 3 ? c : 0) * size + i]
      data[i * 3 + c] = Math.round(255 * Math.min(1, Math.max(0, value || 0)))
    }
  const scale = side / Math.max(height, width)
  const factor = scale >= 2 ? Math.floor(scale) : Math.min(1, scale)
  if (factor === 1) return { data, width, height }
  const sides = [width, height].map(length => Math.max(1, Math.round(length * factor)))
  const resized = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(sides[0], sides[1], { kernel: factor > 1 ? 'nearest' : 'lanczos3', fit: 'fill' })
    .raw()
    .toBuffer()
  return { data: resized, width: sides[0], height: sides[1] }
}
