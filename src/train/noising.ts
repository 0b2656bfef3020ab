/** Noise on one batch, in the order the loop prints: each draw is keyed, none depends on another. */
import {
  fold,
  type Key,
  keyOf,
  type Lengths,
  type Moment,
  momentAt,
  Random,
  rowViews,
  sizeOf,
} from '../base/index.js'
import {
  type InputNoise,
  isAscent,
  isIdentity,
  type Level,
  type MixNoise,
  type MixPlan,
  mixInputs,
  mixTargets,
  type TargetNoise,
} from '../noise/index.js'
import type { ResolvedNoise } from '../recipe/index.js'

/** One batch on its way: samples `[rows, ...shape]`, targets `[rows, width]`. */
export interface NoisyBatch {
  readonly rows: number
  readonly samples: Float32Array
  readonly targets: Float32Array
  /** Spare arrays as long as these, for mixing. */
  readonly spareSamples: Float32Array
  readonly spareTargets: Float32Array
  /** Per row: the sample's id and which copy of it this is. */
  readonly ids: Float64Array
  readonly copies: Uint32Array
  /** Rows of each sample side by side, and whether the first of them stays clean. */
  readonly of: { readonly copies: number; readonly isFirstClean: boolean }
  readonly width: number
  readonly shape: readonly number[]
  readonly sampleRate?: number
  /** Standard deviation of each feature of a table. */
  readonly deviations?: Float32Array
  /** Told of a sample that a noise had to leave as it is. */
  readonly note?: (noise: string, reason: string) => void
}

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

/** The level of this moment: the schedule's value or a draw around it, times the gain. */
export function levelNow(
  active: ResolvedNoise,
  time: NoiseTime,
  row?: { readonly id: number; readonly copy: number },
): Level {
  const { levels, name, noise } = active
  const moment = scheduleMoment(active, time)
  const values: Record<string, number> = {}
  for (const field in levels) {
    const level = levels[field]
    const counters = row && level.per === 'sample' ? [time.epoch, row.id, row.copy] : [time.step]
    const key = level.per ? keyOf(time.seed, `${name} level ${field}`, ...counters) : unused
    values[field] = level.resolve(moment, key)
  }
  const gain = time.gains.get(name) ?? 1
  return gain === 1 ? values : noise.scale(values, gain)
}

/** The key of a level that draws nothing. */
const unused: Key = { seed: [0, 0], stream: [0, 0] }

/** The level of every row at once, where none is drawn for itself. */
const levelOfAll = (active: ResolvedNoise, time: NoiseTime): Level | undefined =>
  Object.values(active.levels).some(({ per }) => per === 'sample')
    ? undefined
    : levelNow(active, time)

/** Whether a noise of a site acts now. */
export const isActive =
  (at: ResolvedNoise['entry']['at'], time: NoiseTime) => (noise: ResolvedNoise) =>
    noise.entry.at === at && isOpen(noise, time)

/**
 * Label flips, corruptions, mix, smoothing, additive noise, clip; in place. Corruptions are the
 * input noises that do more than add a number to each value.
 */
export function noiseBatch(
  batch: NoisyBatch,
  all: readonly ResolvedNoise[],
  time: NoiseTime,
): void {
  const input = all.filter(isActive('input', time)).filter(n => !isAscent(n.noise))
  const target = all.filter(isActive('target', time))
  const additive = (noise: ResolvedNoise) => (noise.noise as InputNoise).deviation !== undefined
  const flips = (noise: ResolvedNoise) => (noise.noise as TargetNoise).deterministic !== true
  for (const noise of target.filter(flips)) disturbTargets(batch, noise, time)
  for (const noise of input.filter(n => !additive(n))) disturbSamples(batch, noise, time)
  for (const noise of all.filter(isActive('mix', time))) mixBatch(batch, noise, time)
  for (const noise of target.filter(n => !flips(n))) disturbTargets(batch, noise, time)
  for (const noise of input.filter(additive)) disturbSamples(batch, noise, time)
}

function disturbSamples(batch: NoisyBatch, active: ResolvedNoise, time: NoiseTime): void {
  const noise = active.noise as InputNoise
  const context = {
    shape: batch.shape,
    sampleRate: batch.sampleRate,
    clip: active.clip,
    deviations: batch.deviations,
    sources: active.material.sources,
    ...(batch.note && { note: (reason: string) => batch.note!(active.name, reason) }),
  }
  const epoch = active.redraw === 'run' ? 0 : time.epoch
  const samples = rowViews(batch.samples, sizeOf(batch.shape))
  const [common, root] = [levelOfAll(active, time), keyOf(time.seed, active.name, epoch)]
  for (let row = 0; row < batch.rows; row++) {
    const [id, copy] = [batch.ids[row], batch.copies[row]]
    if (batch.of.isFirstClean && copy % batch.of.copies === 0) continue
    if (!chosen(active, active.share, time, epoch, id, copy)) continue
    const sample = samples[row]
    const level = common ?? levelNow(active, time, { id, copy })
    noise.apply(sample, sample, level, fold(fold(root, id), copy), context)
  }
}

/** Whether chance picks this one; the draw is keyed like the noise itself. */
export function chosen(
  { name }: ResolvedNoise,
  share: number,
  { seed }: NoiseTime,
  ...counters: readonly number[]
): boolean {
  return share >= 1 || new Random(keyOf(seed, `${name} share`, ...counters)).float() < share
}

function disturbTargets(batch: NoisyBatch, active: ResolvedNoise, time: NoiseTime): void {
  const noise = active.noise as TargetNoise
  const epoch = active.redraw === 'run' ? 0 : time.epoch
  for (let row = 0; row < batch.rows; row++) {
    const id = batch.ids[row]
    // All copies of a sample have one target.
    const copy = batch.copies[row] - (batch.copies[row] % batch.of.copies)
    const target = batch.targets.subarray(row * batch.width, (row + 1) * batch.width)
    const level = levelNow(active, time, { id, copy })
    const key = keyOf(time.seed, active.name, epoch, id)
    const isPair = batch.width === 1 && noise.form === 'classes'
    // One number for two classes is the chance of the second.
    const classes = isPair ? Float32Array.of(1 - target[0], target[0]) : target
    noise.apply(classes, classes, level, key, active.material)
    if (isPair) target[0] = classes[1]
  }
}

function mixBatch(batch: NoisyBatch, active: ResolvedNoise, time: NoiseTime): void {
  if (!chosen(active, active.probability, time, time.step)) return
  const noise = active.noise as MixNoise
  const level = levelNow(active, time)
  if (isIdentity(noise, level)) return
  const { rows, samples, targets, spareSamples, spareTargets, shape, width } = batch
  const key = keyOf(time.seed, active.name, time.step)
  const { copies } = batch.of
  const bySample = noise.plan(rows / copies, level, key, { shape, per: active.entry.per })
  const plan = copiedPlan(bySample, copies)
  const [x, y] = [upTo(samples, rows * sizeOf(shape)), upTo(targets, rows * width)]
  const [mixed, blended] = [upTo(spareSamples, x.length), upTo(spareTargets, y.length)]
  mixInputs(plan, x, mixed, shape, reason => batch.note?.(active.name, reason))
  mixTargets(plan, y, blended)
  x.set(mixed)
  y.set(blended)
}

/** The start of an array; the array itself where that is all. */
const upTo = (array: Float32Array, length: number) =>
  array.length === length ? array : array.subarray(0, length)

/** A mix of samples as one of rows: copy k of a sample gets copy k of its partners. */
export function copiedPlan(plan: MixPlan, copies: number): MixPlan {
  if (copies === 1) return plan
  const { parts, indices, weights, boxes } = plan
  const rows = (indices.length / parts) * copies
  /** Entry `k` of each row, of `width` entries a sample. */
  const spread = (
    values: ArrayLike<number>,
    width: number,
    change = (x: number, _row: number) => x,
  ) =>
    Array.from({ length: rows * width }, (_, i) => {
      const row = Math.floor(i / width)
      return change(values[Math.floor(row / copies) * width + (i % width)], row)
    })
  const partner = (sample: number, row: number) => sample * copies + (row % copies)
  return {
    ...plan,
    indices: Int32Array.from(spread(indices, parts, partner)),
    weights: Float32Array.from(spread(weights, parts)),
    ...(boxes && { boxes: Int32Array.from(spread(boxes, 4)) }),
  }
}
