import { type Lengths, type Moment, momentAt } from '../base/index.js'
import type { Schedule } from './schedule.js'

/** What is plotted: one schedule, or the two bounds of a draw. */
export type Plotted = Schedule | { readonly low: Schedule; readonly high: Schedule }

const dotBits = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80]

/**
 * A schedule over the whole run, drawn in braille dots for a terminal; a draw is the filled band
 * between its bounds.
 * @param width characters a line, with the labels; at least 24
 * @param height lines, with the axis; at least 3
 * @returns exactly `height` lines
 */
export function plotSchedule(plotted: Plotted, lengths: Lengths, width = 72, height = 8): string[] {
  const { low, high } = typeof plotted === 'function' ? { low: plotted, high: plotted } : plotted
  const rows = Math.max(2, height - 1)
  const labelled = (columns: number) => {
    const extents = sample(low, high, lengths, columns * 2)
    const bottom = Math.min(0, ...extents.map(e => e[0]))
    const top = Math.max(...extents.map(e => e[1]), bottom)
    return { extents, bottom, top, labels: [shortNumber(top), shortNumber(bottom)] }
  }
  const margin = Math.max(...labelled(8).labels.map(label => label.length))
  const columns = Math.max(8, width - margin - 2)
  const { extents, bottom, top, labels } = labelled(columns)
  const lines = drawDots(extents, bottom, top, columns, rows).map((line, row) => {
    const label = row === 0 ? labels[0] : row === rows - 1 ? labels[1] : ''
    return `${label.padStart(margin)} │${line}`
  })
  return [...lines, axis(lengths, margin, columns)]
}

/** The bounds of a level at a moment of the run. */
export interface TracePoint {
  readonly epoch: number
  readonly low: number
  readonly high: number
}

export interface TraceOptions {
  /** How many points at most; default 240. */
  readonly count?: number
  /** Outside its windows the level is 0. */
  readonly open?: (moment: Moment) => boolean
}

/** What a schedule or draw gives at equal distances over the run, for a figure; the last point is the last batch. */
export function traceSchedule(
  plotted: Plotted,
  lengths: Lengths,
  { count = 240, open = () => true }: TraceOptions = {},
): TracePoint[] {
  const { low, high } = typeof plotted === 'function' ? { low: plotted, high: plotted } : plotted
  const last = Math.max(0, Math.ceil(lengths.epochs * lengths.batchesPerEpoch) - 1)
  const points = Math.max(2, Math.min(count, last + 1))
  return Array.from({ length: points }, (_, i) => {
    const moment = momentAt(Math.round((i / (points - 1)) * last), lengths)
    const { epoch } = moment
    return open(moment)
      ? { epoch, low: low(moment), high: high(moment) }
      : { epoch, low: 0, high: 0 }
  })
}

type Extent = [low: number, high: number]

/** Smallest and largest level within each dot column. */
function sample(low: Schedule, high: Schedule, lengths: Lengths, columns: number): Extent[] {
  const last = Math.max(1, Math.ceil(lengths.epochs * lengths.batchesPerEpoch) - 1)
  const probes = Math.min(16, Math.max(1, Math.ceil(last / columns)))
  return Array.from({ length: columns }, (_, column) => {
    const moments = Array.from({ length: probes }, (_, probe) => {
      const share = (column + probe / probes) / Math.max(1, columns - 1)
      return momentAt(Math.min(last, Math.round(share * last)), lengths)
    })
    return [Math.min(...moments.map(low)), Math.max(...moments.map(high))]
  })
}

function drawDots(
  extents: readonly Extent[],
  bottom: number,
  top: number,
  columns: number,
  rows: number,
): string[] {
  const cells = Array.from({ length: rows }, () => new Uint8Array(columns))
  const dotRow = (level: number) =>
    top === bottom ? rows * 4 - 1 : Math.round(((top - level) / (top - bottom)) * (rows * 4 - 1))
  extents.forEach(([low, high], x) => {
    const before = extents[Math.max(0, x - 1)]
    const [from, to] = [dotRow(Math.max(high, before[0])), dotRow(Math.min(low, before[1]))]
    for (let y = from; y <= to; y++) cells[y >> 2][x >> 1] |= dotBits[(x & 1) * 4 + (y & 3)]
  })
  return cells.map(row =>
    String.fromCodePoint(...Array.from(row, bits => 0x2800 + bits)).replace(/\u2800+$/u, ''),
  )
}

function axis(lengths: Lengths, margin: number, columns: number): string {
  const end = `${lengths.epochs}ep`
  return `${' '.repeat(margin)} └0${'─'.repeat(Math.max(1, columns - end.length - 1))}${end}`
}

function shortNumber(level: number): string {
  return String(Number(level.toPrecision(3)))
}
