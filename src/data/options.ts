import type { Interpolation, ResizeRule } from './codecs/resize.js'

/** How samples become one shape; a part of `preprocess:` (the rest is the model's own prefix). */
export interface PhysicalOptions {
  /** Image size `[height, width]`; images of another size are resized to it. */
  size?: readonly [number, number]
  /** How they are resized; default `stretch`. */
  resize?: ResizeRule
  /** Default `bilinear`. */
  interpolation?: Interpolation
  /** Channels of an image (1 or 3; default: as the images have) or a recording (default 1). */
  channels?: number
  /** Samples a second; recordings at another rate are resampled. Default: the first recording's. */
  sampleRate?: number
  /** Length of a recording; longer ones are cut, shorter ones padded. Default: the longest one's. */
  seconds?: number
}

export interface DataOptions extends PhysicalOptions {
  /** The split to open; a split in the name (`mnist:test`) wins. */
  split?: string
  /** The split to take where there are several and none was asked for; default `train`. */
  preferSplit?: string
  /**
   * The layout, a name of the `formats` table, instead of the detected one; or for arrays what their
   * samples are: `images`, `series` or `vectors`.
   */
  format?: string
  /** The label column of a table; default: the last. */
  label?: string
  /**
   * Column of a table that says what must not be divided by a split (a speaker, a patient); it is no
   * feature. Text and numbers alike.
   */
  group?: string
  /** Class names in the order the model has them; default: those found, sorted. */
  classes?: readonly string[]
  /** Whether a numeric label column is a class or a target; default: whole numbers are classes. */
  task?: 'classification' | 'regression'
  /** `skip` leaves unreadable samples out, after reading all of them once; default `fail`. */
  onBadSample?: 'fail' | 'skip'
  /** Most memory for decoded samples, in MiB; 0 keeps none. Default: an eighth of all, at most 1024. */
  keepMb?: number
  /** A stratified, seeded subset of so many samples, in order. */
  limit?: number
  /** The first so many samples. */
  first?: number
  /** Every so manieth sample. */
  skip?: number
  /** Default 0. */
  seed?: number
}
