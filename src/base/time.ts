import { expected, UsageError } from './errors.js'

/** ep: epochs, ba: batches, sp: samples, dur: a share of the whole run (20% is 0.2dur). */
export type TimeUnit = 'ep' | 'ba' | 'sp' | 'dur'

export interface Time {
  readonly value: number
  readonly unit: TimeUnit
}

/** How long a run is; what turns one unit of time into another. */
export interface Lengths {
  readonly epochs: number
  readonly batchesPerEpoch: number
  readonly samplesPerEpoch: number
}

/** A moment of a run, before the batch with this number; fractions of an epoch count. */
export interface Moment {
  readonly batch: number
  readonly epoch: number
  readonly sample: number
  /** From 0 (start) to 1 (end). */
  readonly progress: number
}

/** Reads `3ep`, `500ba`, `4000sp`, `20%` or `0.2dur`; throws UsageError naming `where`. */
export function parseTime(text: string, where = 'time'): Time {
  const match = /^(\d+(?:\.\d+)?(?:e-?\d+)?)(ep|ba|sp|dur|%)$/.exec(text.trim())
  if (!match)
    throw new UsageError(expected(where, 'a time such as 3ep, 500ba, 4000sp, 20% or 0.2dur', text))
  const value = Number(match[1])
  const time: Time =
    match[2] === '%' ? { value: value / 100, unit: 'dur' } : { value, unit: match[2] as TimeUnit }
  if (time.unit === 'dur' && time.value > 1)
    throw new UsageError(expected(where, 'at most 100% of the run', text))
  return time
}

/** The text form; `parseTime` reads back the same value. */
export function formatTime({ value, unit }: Time): string {
  if (unit !== 'dur') return `${value}${unit}`
  const percent = Number((value * 100).toPrecision(12))
  return percent / 100 === value ? `${percent}%` : `${value}dur`
}

/** A time in batches from the start of the run; may be a fraction. */
export function timeInBatches({ value, unit }: Time, lengths: Lengths): number {
  const { epochs, batchesPerEpoch, samplesPerEpoch } = lengths
  if (unit === 'ba') return value
  if (unit === 'ep') return value * batchesPerEpoch
  if (unit === 'sp') return (value * batchesPerEpoch) / samplesPerEpoch
  return value * epochs * batchesPerEpoch
}

export function momentAt(batch: number, lengths: Lengths): Moment {
  const epoch = batch / lengths.batchesPerEpoch
  return {
    batch,
    epoch,
    sample: epoch * lengths.samplesPerEpoch,
    progress: epoch / lengths.epochs,
  }
}
