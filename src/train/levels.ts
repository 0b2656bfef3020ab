/** When a noise acts, and how strongly: schedules, draws, windows, and what the controller lets through. */
import {
  fold,
  type Key,
  keyOf,
  type Lengths,
  type Moment,
  momentAt,
  Random,
} from '../base/index.js'
import type { Level } from '../noise/index.js'
import type { ResolvedNoise } from '../recipe/index.js'

export interface NoiseTime {
  readonly seed: number
  readonly moment: Moment
  readonly step: number
  /** Whole epochs begun, from 0. */
  readonly epoch: number
  /** How much of each noise the controller lets through, by name; 1 where it says nothing. */
  readonly gains: ReadonlyMap<string, number>
  /** The update each noise that waits began at, by name; absent while it has not begun. */
  readonly begun: ReadonlyMap<string, number>
  /** By how many updates each noise's schedule waits, by name; 0 where it says nothing. */
  readonly holds: ReadonlyMap<string, number>
  readonly lengths: Lengths
}

/** What of the run a draw of this noise depends on. */
export function drawOf({ redraw }: ResolvedNoise, { step, epoch }: NoiseTime): number {
  if (redraw === 'run') return 0
  return redraw === 'epoch' ? epoch : step
}

/** The moment a noise's schedule is at: counted from its beginning, less what the controller holds it back by. */
export function scheduleMoment({ name }: ResolvedNoise, time: NoiseTime): Moment {
  const behind = (time.holds.get(name) ?? 0) + (time.begun.get(name) ?? 0)
  return behind ? momentAt(Math.max(0, time.step - behind), time.lengths) : time.moment
}

/** Whether a noise has begun and its window is open. */
export function isOpen(noise: ResolvedNoise, time: NoiseTime): boolean {
  if (noise.start && !time.begun.has(noise.name)) return false
  return noise.window(scheduleMoment(noise, time))
}

/** The level of this moment: the schedule's value or a draw for the batch, times the gain. */
export function levelNow(active: ResolvedNoise, time: NoiseTime): Level {
  const { levels, name } = active
  const moment = scheduleMoment(active, time)
  const values: Record<string, number> = {}
  for (const field in levels) {
    const level = levels[field]
    const key = level.per ? keyOf(time.seed, `${name} level ${field}`, time.step) : unused
    values[field] = level.resolve(moment, key)
  }
  return withGain(active, time, values)
}

/** The level of a row, by the sample's id and which copy of it this is. */
export type LevelOf = (id: number, copy: number) => Level

/** The level of this moment for each row: one for all, unless samples draw their own. */
export function levelsOf(active: ResolvedNoise, time: NoiseTime): LevelOf {
  const drawn = Object.entries(active.levels).filter(([, { per }]) => per === 'sample')
  if (!drawn.length) {
    const common = levelNow(active, time)
    return () => common
  }
  const moment = scheduleMoment(active, time)
  const fields = Object.entries(active.levels).map(([field, level]) => {
    const purpose = `${active.name} level ${field}`
    const root = keyOf(time.seed, purpose, level.per === 'sample' ? time.epoch : time.step)
    return { field, level, root }
  })
  return (id, copy) => {
    const values: Record<string, number> = {}
    for (const { field, level, root } of fields)
      values[field] = level.resolve(moment, level.per === 'sample' ? child(root, id, copy) : root)
    return withGain(active, time, values)
  }
}

function withGain({ name, noise }: ResolvedNoise, { gains }: NoiseTime, values: Level): Level {
  const gain = gains.get(name) ?? 1
  return gain === 1 ? values : noise.scale(values, gain)
}

const child = (key: Key, id: number, copy: number) => fold(fold(key, id), copy)

/** The key of a level that draws nothing. */
const unused: Key = { seed: [0, 0], stream: [0, 0] }

/** Whether a noise of a site acts now. */
export const isActive =
  (at: ResolvedNoise['entry']['at'], time: NoiseTime) => (noise: ResolvedNoise) =>
    noise.entry.at === at && isOpen(noise, time)

/** Whether chance picks this one; the draw is keyed like the noise itself. */
export function chosen(
  { name }: ResolvedNoise,
  share: number,
  { seed }: NoiseTime,
  ...counters: readonly number[]
): boolean {
  return share >= 1 || new Random(keyOf(seed, `${name} share`, ...counters)).float() < share
}

/** Whether chance picks a row of an epoch: `chosen` with the epoch, the sample and its copy. */
export function chooserOf(
  { name, share }: ResolvedNoise,
  { seed }: NoiseTime,
  epoch: number,
): (id: number, copy: number) => boolean {
  if (share >= 1) return () => true
  const root = keyOf(seed, `${name} share`, epoch)
  return (id, copy) => new Random(child(root, id, copy)).float() < share
}
