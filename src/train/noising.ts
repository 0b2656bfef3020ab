/** Noise on one batch, in the order the loop prints: each draw is keyed, none depends on another. */
import { fold, keyOf, rowViews, sizeOf } from '../base/index.js'
import {
  type DisturbedRows,
  type InputContext,
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
import { chooserOf, chosen, isActive, levelNow, levelsOf, type NoiseTime } from './levels.js'

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

/**
 * Label flips, corruptions, mix, smoothing, additive noise, clip. Corruptions are the input noises
 * that do more than add a number to each value. Targets change in place; what comes back says in which
 * of the two arrays the samples are, as a mix writes them to the other one.
 */
export function noiseBatch(
  batch: NoisyBatch,
  all: readonly ResolvedNoise[],
  time: NoiseTime,
): NoisyBatch {
  const input = all.filter(isActive('input', time)).filter(n => !isAscent(n.noise))
  const target = all.filter(isActive('target', time))
  const additive = (noise: ResolvedNoise) => (noise.noise as InputNoise).deviation !== undefined
  const flips = (noise: ResolvedNoise) => (noise.noise as TargetNoise).deterministic !== true
  for (const noise of target.filter(flips)) disturbTargets(batch, noise, time)
  for (const noise of input.filter(n => !additive(n))) disturbSamples(batch, noise, time)
  let mixed = batch
  for (const noise of all.filter(isActive('mix', time))) mixed = mixBatch(mixed, noise, time)
  for (const noise of target.filter(n => !flips(n))) disturbTargets(mixed, noise, time)
  for (const noise of input.filter(additive)) disturbSamples(mixed, noise, time)
  return mixed
}

function disturbSamples(batch: NoisyBatch, active: ResolvedNoise, time: NoiseTime): void {
  const noise = active.noise as InputNoise
  const context = contextOf(batch, active)
  const epoch = active.redraw === 'run' ? 0 : time.epoch
  const key = keyOf(time.seed, active.name, epoch)
  const rows = rowsChosen(batch, active, time, epoch)
  if (noise.applyRows?.(batch.samples, batch.samples, rows, key, context)) return
  const samples = rowViews(batch.samples, sizeOf(batch.shape))
  for (let i = 0; i < rows.count; i++) {
    const sample = samples[rows.list[i]]
    const own = fold(fold(key, rows.ids[i]), rows.copies[i])
    noise.apply(sample, sample, rows.levels[i], own, context)
  }
}

function contextOf(batch: NoisyBatch, { clip, material, name }: ResolvedNoise): InputContext {
  return {
    shape: batch.shape,
    sampleRate: batch.sampleRate,
    clip,
    deviations: batch.deviations,
    sources: material.sources,
    ...(batch.note && { note: (reason: string) => batch.note!(name, reason) }),
  }
}

/** The rows a noise acts on, with their levels; valid until it is asked again. */
function rowsChosen(
  { rows, ids, copies, of }: NoisyBatch,
  active: ResolvedNoise,
  time: NoiseTime,
  epoch: number,
): Required<DisturbedRows> {
  if (listed.list.length < rows) listed = newList(rows)
  const isChosen = chooserOf(active, time, epoch)
  const levelOf = levelsOf(active, time)
  let count = 0
  for (let row = 0; row < rows; row++) {
    const [id, copy] = [ids[row], copies[row]]
    if (of.isFirstClean && copy % of.copies === 0) continue
    if (!isChosen(id, copy)) continue
    listed.list[count] = row
    listed.ids[count] = id
    listed.copies[count] = copy
    listed.levels[count++] = levelOf(id, copy)
  }
  return { ...listed, count }
}

const newList = (rows: number) => ({
  list: new Uint32Array(rows),
  ids: new Float64Array(rows),
  copies: new Uint32Array(rows),
  levels: new Array<Level>(rows),
})

/** Room for the rows of a batch, from call to call. */
let listed = newList(0)

function disturbTargets(batch: NoisyBatch, active: ResolvedNoise, time: NoiseTime): void {
  const noise = active.noise as TargetNoise
  const epoch = active.redraw === 'run' ? 0 : time.epoch
  const [levelOf, root] = [levelsOf(active, time), keyOf(time.seed, active.name, epoch)]
  const targets = rowViews(batch.targets, batch.width)
  for (let row = 0; row < batch.rows; row++) {
    const id = batch.ids[row]
    // All copies of a sample have one target.
    const copy = batch.copies[row] - (batch.copies[row] % batch.of.copies)
    const target = targets[row]
    const isPair = batch.width === 1 && noise.form === 'classes'
    // One number for two classes is the chance of the second.
    const classes = isPair ? Float32Array.of(1 - target[0], target[0]) : target
    noise.apply(classes, classes, levelOf(id, copy), fold(root, id), active.material)
    if (isPair) target[0] = classes[1]
  }
}

function mixBatch(batch: NoisyBatch, active: ResolvedNoise, time: NoiseTime): NoisyBatch {
  if (!chosen(active, active.probability, time, time.step)) return batch
  const noise = active.noise as MixNoise
  const level = levelNow(active, time)
  if (isIdentity(noise, level)) return batch
  const { rows, samples, targets, spareSamples, spareTargets, shape, width } = batch
  const key = keyOf(time.seed, active.name, time.step)
  const { copies } = batch.of
  const bySample = noise.plan(rows / copies, level, key, { shape, per: active.entry.per })
  const plan = copiedPlan(bySample, copies)
  const [x, y] = [upTo(samples, rows * sizeOf(shape)), upTo(targets, rows * width)]
  const [mixed, blended] = [upTo(spareSamples, x.length), upTo(spareTargets, y.length)]
  mixInputs(plan, x, mixed, shape, reason => batch.note?.(active.name, reason))
  mixTargets(plan, y, blended)
  y.set(blended)
  return { ...batch, samples: spareSamples, spareSamples: samples }
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
