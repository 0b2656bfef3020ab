import type { Key } from '../base/index.js'

/** Named numbers that say how strong a noise is, such as `{ sigma: 0.1 }`. */
export type Level = Readonly<Record<string, number>>

/** One named number of a level. */
export interface LevelField {
  readonly what: string
  readonly unit: string
  /** Smallest and largest value allowed. */
  readonly range: readonly [number, number]
  readonly default: number
  /** Only whole numbers. */
  readonly whole?: boolean
}

/** The levels of one published suite, weakest first. */
export interface Preset {
  readonly levels: readonly Level[]
  /** The one severity (from 1) a suite published, where it published one only. */
  readonly published?: number
}

/** Where a noise enters. */
export type Site = 'input' | 'mix' | 'weight' | 'activation' | 'target' | 'gradient'

/** What every noise says of itself. */
export interface Card {
  readonly kind: string
  /** One sentence. */
  readonly what: string
  /** The unit strength is counted in. */
  readonly unit: string
  readonly levels: Readonly<Record<string, LevelField>>
  /** The level that changes nothing. */
  readonly identity: Level
  readonly presets: Readonly<Record<string, Preset>>
  /** Where the definition is from. */
  readonly paper: string
  /** A corruption of a published test suite: not to be trained on unless asked. */
  readonly heldOut?: boolean
  /** The kind that is the same noise but for rounding: who trained on the one has seen the other. */
  readonly like?: string
  /** What a reader of its figures has to know. */
  readonly caveat?: string
  /** The same level gives the same result whatever the key, unless a field of it asks for chance. */
  readonly deterministic?: boolean
  /** The level with `gain` times the strength: 0 gives the identity, 1 the level itself. */
  scale(level: Level, gain: number): Level
}

/** What a noise may know of the sample besides its numbers. */
export interface InputContext {
  /** `[channel, height, width]`, `[channel, samples]`, `[samples]` or `[features]`; without batch. */
  readonly shape: readonly number[]
  /** In Hz; what audio noises that speak of frequencies or seconds need. */
  readonly sampleRate?: number
  /** Smallest and largest value allowed after the noise; none by default. */
  readonly clip?: readonly [number, number] | null
  /** Waveforms (or textures) the noise draws from, each with its own rate. */
  readonly sources?: readonly Source[]
  /** Multiplies additive noise: one number for each feature (its standard deviation) or channel. */
  readonly deviations?: Float32Array
  /** What shares one draw of additive noise; every element has its own by default. */
  readonly per?: 'element' | 'pixel' | 'channel' | 'sample'
  /** Told when a sample had to stay as it is, and why; without it that is an error. */
  readonly note?: (reason: string) => void
}

export interface Source {
  readonly samples: Float32Array
  readonly sampleRate: number
}

export type Modality = 'any' | 'image' | 'audio'

/** Noise on one sample: pixels in [0,1] as `[channel, height, width]`, or a waveform in [-1,1]. */
export interface InputNoise extends Card {
  readonly at: 'input'
  readonly modality: Modality
  /** What it needs of the context besides the shape. */
  readonly needs?: readonly ('sampleRate' | 'sources')[]
  /** Standard deviation it adds to one value in the middle of the range, where that is a plain number. */
  deviation?(level: Level): number
  /** Writes the noisy sample; `out` may be `x`. The same arguments give the same bits. */
  apply(x: Float32Array, out: Float32Array, level: Level, key: Key, context: InputContext): void
  /**
   * The same for several rows of a batch at once, faster and to the same bits; `out` may be `x`, or is
   * filled in the rows given alone. False where they have to be done one by one: nothing is done then.
   */
  applyRows?(
    x: Float32Array,
    out: Float32Array,
    rows: DisturbedRows,
    key: Key,
    context: InputContext,
  ): boolean
}

/** Rows of a batch that a noise disturbs. */
export interface DisturbedRows {
  /** How many; the arrays are as long or longer. */
  readonly count: number
  /** Where in the batch each stands; the first ones where absent. */
  readonly list?: Uint32Array
  /** Row i is keyed by fold(fold(key, ids[i]), copies[i]), or without copies by fold(key, ids[i]). */
  readonly ids: Float64Array
  readonly copies?: Uint32Array
  readonly levels: readonly Level[]
}

/** Which samples make up each mixed sample, and how much of each. */
export interface MixPlan {
  /** Samples in each mixture. */
  readonly parts: number
  /** `[batch, parts]` indices into the batch; the first is the sample itself. */
  readonly indices: Int32Array
  /** `[batch, parts]` weights, each row adding up to 1. */
  readonly weights: Float32Array
  /** `[batch, 4]` top, left, bottom, right of the box taken from the second sample, where one is. */
  readonly boxes?: Int32Array
  /** The second sample is added at this signal-to-noise ratio in dB, not blended, where one is. */
  readonly snr?: number
}

export interface MixContext {
  /** The shape of one sample. */
  readonly shape: readonly number[]
  /** One draw for the batch (default) or for every sample. */
  readonly per?: 'batch' | 'sample'
}

/** Mixing of the samples of a batch; the plan is applied to inputs and targets alike. */
export interface MixNoise extends Card {
  readonly at: 'mix'
  plan(batch: number, level: Level, key: Key, context: MixContext): MixPlan
}

export interface TargetContext {
  /** How often each class occurs, adding up to 1. */
  readonly prior?: Float32Array
  /** Row-major `[classes, classes]`: the chance that a true class (row) becomes another. */
  readonly transition?: Float32Array
}

/** Noise on one sample's target: class probabilities (one-hot or soft), or the numbers of a regression. */
export interface TargetNoise extends Card {
  readonly at: 'target'
  readonly form: 'classes' | 'numbers'
  readonly needs?: readonly (keyof TargetContext)[]
  apply(y: Float32Array, out: Float32Array, level: Level, key: Key, context: TargetContext): void
}

export interface WeightContext {
  readonly shape: readonly number[]
  /** The axis of the output channels; default 0. */
  readonly channelAxis?: number
}

/** Noise on one weight tensor. */
export interface WeightNoise extends Card {
  readonly at: 'weight'
  apply(w: Float32Array, out: Float32Array, level: Level, key: Key, context: WeightContext): void
}

/** Noise on the flat gradient. */
export interface GradientNoise extends Card {
  readonly at: 'gradient'
  apply(g: Float32Array, out: Float32Array, level: Level, key: Key): void
}
