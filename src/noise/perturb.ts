import { expected, keyOf, sizeOf, UsageError } from '../base/index.js'
import { completeLevel } from './level.js'
import { mixInputs, mixTargets } from './mix/apply.js'
import { levelOfSeverity, nearestPreset } from './preset.js'
import { noiseOf } from './table.js'
import type { Card, InputContext, Level, MixPlan } from './types.js'

/** Which draw: the same five numbers give the same bits. All default to 0. */
export interface Draw {
  readonly seed?: number
  readonly stream?: number
  readonly epoch?: number
  /** The sample's number in the data set; of the first one, where several are given. */
  readonly index?: number
  readonly copy?: number
}

export interface PerturbOptions extends Draw, InputContext {
  /** A kind of `noises.input`. */
  readonly kind: string
  /** 1 to 5 of a published preset, in place of levels. */
  readonly severity?: number
  /** Default: the preset made for the nearest image size. */
  readonly preset?: string
  /** The levels of the kind, by name: `sigma: 0.1`. */
  readonly [level: string]: unknown
}

const notLevels = [
  'kind',
  'severity',
  'preset',
  'shape',
  'sampleRate',
  'clip',
  'sources',
  'deviations',
  'per',
  'note',
  'seed',
  'stream',
  'epoch',
  'index',
  'copy',
]

/** The level fields among the options. */
function levelFields(options: Readonly<Record<string, unknown>>, others: readonly string[]): Level {
  const fields = Object.entries(options).filter(
    ([name, value]) => !others.includes(name) && value !== undefined,
  )
  return Object.fromEntries(fields) as Level
}

function levelFor(card: Card, options: PerturbOptions): Level {
  const given = levelFields(options, notLevels)
  if (options.severity === undefined && options.preset === undefined)
    return completeLevel(card, given)
  const preset = options.preset ?? nearestPreset(card, options.shape.at(-1) ?? 1)
  const level = levelOfSeverity(card, preset, options.severity)
  return completeLevel(card, { ...level, ...given })
}

/**
 * Noise on one sample, or on several one after the other: `x` is `[...shape]` or `[samples, ...shape]`.
 * Sample k is drawn as number `index + k`, so a batch gives the bits of its samples alone.
 * Throws UsageError on unknown kinds and levels and on a shape that does not fit.
 */
export function perturb(
  x: Float32Array,
  options: PerturbOptions,
  out: Float32Array = new Float32Array(x.length),
): Float32Array {
  const noise = noiseOf('input', options.kind, 'perturb')
  const level = levelFor(noise, options)
  const size = sizeOf(options.shape)
  if (x.length % size || out.length !== x.length)
    throw new UsageError(
      expected('perturb', `samples of ${size} values ([${options.shape}])`, `${x.length} values`),
    )
  const { seed = 0, stream = 0, epoch = 0, index = 0, copy = 0 } = options
  for (let k = 0; k * size < x.length; k++) {
    const [from, to] = [k * size, (k + 1) * size]
    const key = keyOf(seed, `input:${noise.kind}`, stream, epoch, index + k, copy)
    noise.apply(x.subarray(from, to), out.subarray(from, to), level, key, options)
  }
  return out
}

export interface MixupOptions extends Omit<Draw, 'index' | 'copy'> {
  /** Default 0.2. */
  readonly alpha?: number
  /** The shape of one sample. */
  readonly shape: readonly number[]
  /** How many classes there are, where `y` holds their numbers instead of probabilities. */
  readonly classes?: number
  /** One lambda for the batch (default) or for every sample. */
  readonly per?: 'batch' | 'sample'
  /** Which batch of the epoch. */
  readonly batch?: number
}

export interface Mixed {
  readonly x: Float32Array
  readonly y: Float32Array
  readonly plan: MixPlan
}

/**
 * mixup of a batch: `x` is `[batch, ...shape]`, `y` `[batch, width]` (class probabilities or the numbers
 * of a regression), or `[batch]` class numbers with `classes`. Zhang et al. 2018; lambda weighs the sample itself.
 */
export function mixup(x: Float32Array, y: Float32Array, options: MixupOptions): Mixed {
  const { seed = 0, stream = 0, epoch = 0, batch = 0, shape, per } = options
  const noise = noiseOf('mix', 'mixup')
  const level = completeLevel(noise, options.alpha === undefined ? {} : { alpha: options.alpha })
  const key = keyOf(seed, 'mix:mixup', stream, epoch, batch)
  const plan = noise.plan(x.length / sizeOf(shape), level, key, { shape, per })
  const rows = options.classes ? oneHot(y, options.classes) : y
  const mixed = { x: new Float32Array(x.length), y: new Float32Array(rows.length), plan }
  mixInputs(plan, x, mixed.x, shape)
  mixTargets(plan, rows, mixed.y)
  return mixed
}

function oneHot(labels: Float32Array, classes: number): Float32Array {
  const rows = new Float32Array(labels.length * classes)
  labels.forEach((label, i) => {
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new UsageError(expected(`mixup label ${i}`, `a class from 0 to ${classes - 1}`, label))
    rows[i * classes + label] = 1
  })
  return rows
}

/** Label smoothing of `[batch, classes]`: (1 - amount) y + amount / classes. Szegedy et al. 2016. */
export function smooth(
  y: Float32Array,
  { classes, amount = 0.1 }: { classes: number; amount?: number },
): Float32Array {
  const noise = noiseOf('target', 'smoothing')
  const level = completeLevel(noise, { amount })
  const out = new Float32Array(y.length)
  const key = keyOf(0, 'target:smoothing')
  for (let from = 0; from < y.length; from += classes) {
    const to = from + classes
    noise.apply(y.subarray(from, to), out.subarray(from, to), level, key, {})
  }
  return out
}
