/** How samples become one shape; a part of `preprocess:` (the rest is the model's own prefix). */
export interface PhysicalOptions {
  /** Image size `[height, width]`. */
  size?: readonly [number, number]
  /** Channels of an image (1 or 3) or a recording (1). */
  channels?: number
  /** Samples a second; recordings at another rate are resampled. */
  sampleRate?: number
  /** Length of a recording; longer ones are cut, shorter ones padded with silence. */
  seconds?: number
}

export interface DataOptions extends PhysicalOptions {
  /** The split to open; a split in the name (`mnist:test`) wins. */
  split?: string
  /** The split to take where there are several and none was asked for; default `train`. */
  preferSplit?: string
  /** The layout, a name of the `formats` table, instead of the detected one. */
  format?: string
  /** The label column of a table; default: the last. */
  label?: string
  /** A stratified, seeded subset of so many samples, in order. */
  limit?: number
  /** The first so many samples. */
  first?: number
  /** Every so manieth sample. */
  skip?: number
  /** Default 0. */
  seed?: number
}
