/** What a data set is to the rest of Temper: samples in physical units, with labels and stable names. */

export type SampleKind = 'image' | 'audio' | 'vector'

/** The range physical values keep: pixels [0, 1], waveforms [-1, 1]; null where there is none. */
export function physicalRange(kind: SampleKind): readonly [low: number, high: number] | null {
  if (kind === 'vector') return null
  return kind === 'image' ? [0, 1] : [-1, 1]
}

/**
 * Samples in physical units: an image `[channel, height, width]` in [0,1], a waveform
 * `[channel, samples]` in [-1,1], or a vector `[features]` as it stands in the file.
 * All samples of one data set have one shape; batches come from `batches()`.
 */
export interface Dataset {
  readonly name: string
  /** The layout that was recognised, a name of the `formats` table. */
  readonly format: string
  /** One sentence: what was found and how it is read. */
  readonly detected: string
  readonly kind: SampleKind
  readonly length: number
  /** Shape of one sample, without batch. */
  readonly shape: readonly number[]
  /** Samples a second; audio only. */
  readonly sampleRate?: number
  /** Class names by label; absent without labels or for regression. */
  readonly classes?: readonly string[]
  /** One class index a sample, from 0 to `classes.length - 1`. */
  readonly labels?: Int32Array
  /** Regression targets, one number a sample. */
  readonly targets?: Float32Array
  /** The split that was opened and those there are, where the source has splits. */
  readonly split?: string
  readonly splits?: readonly string[]
  /** Whether `read` is done when it returns (samples in memory); otherwise batches read ahead. */
  readonly immediate: boolean
  /** Runs of samples that are cheap to read one after another (Parquet row groups): where each ends. */
  readonly blocks?: readonly number[]

  /** The sample's number for noise keys, below 2^53: it stays the same in every subset and order. */
  id(index: number): number
  /** The sample's name for people: a path inside the folder, or a row number. */
  identity(index: number): string
  /** What must not be divided by a split (a speaker, a patient); absent when there are no groups. */
  group?(index: number): string
  /** Writes one sample into `out` (as long as the shape says). Throws DataError when it is unreadable. */
  read(index: number, out: Float32Array): void | Promise<void>
  /**
   * Writes several samples one after another, in worker threads where that helps; there for data
   * sets that decode. What comes back says by place why a sample is unreadable (its place is zero).
   */
  readMany?(indices: Uint32Array, out: Float32Array): Promise<readonly (string | undefined)[]>
  /** Unreadable samples that were left out because `onBadSample` is `skip`. */
  readonly leftOut?: readonly { identity: string; reason: string }[]
  /** SHA-256 (hexadecimal) of what the samples are; `hashed` says what it covers. */
  sha256(): Promise<string>
  readonly hashed: string
  /** Paths of recordings that are noise, not samples (Speech Commands' background noises). */
  readonly noises?: readonly string[]
}
