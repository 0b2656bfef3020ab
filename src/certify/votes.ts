import { fold, type Key, keyOf, sizeOf } from '../base/index.js'
import { type Kernels, openKernels } from '../kernels/index.js'
import type { Vote } from './smoothing.js'

/** Gives the class of each of `count` samples laid end to end; -1 where it gives none. */
export type Classify = (batch: Float32Array, count: number) => Promise<ArrayLike<number>>

export interface VoterOptions {
  classify: Classify
  /** Shape of one sample, in physical units. */
  shape: readonly number[]
  sigma: number
  seed: number
  /** Most copies in one batch. */
  batch: number
}

/** Kernels number the samples of a stream with 32 bits. */
const longestStream = 2 ** 31

/**
 * Makes noisy copies x + sigma N(0, 1), never clipped (the theorem is about unclipped noise), and has
 * them classified. The noise of copy c is a stretch of the stream keyed by (seed, sample), so it is
 * the same in any batch.
 */
export class Voter {
  private readonly kernels: Kernels
  private readonly size: number
  /** Room a copy takes in the stream: a multiple of 16. */
  private readonly stride: number
  /** The sample, repeated, so that one call makes many copies. */
  private readonly plain: Float32Array
  private readonly copies: Float32Array
  private readonly root: Key
  private repeated: Float32Array | undefined

  constructor(private readonly options: VoterOptions) {
    const { shape, batch, seed } = options
    this.size = sizeOf(shape)
    this.stride = Math.ceil(this.size / 16) * 16
    const floats = batch * this.size
    this.kernels = openKernels({ bytes: 8 * floats + 4096 })
    this.plain = this.kernels.alloc(floats)
    this.copies = this.kernels.alloc(floats)
    this.root = keyOf(seed, 'certify:gaussian')
  }

  /** The votes of one sample's copies; `id` names it for the noise. */
  votesOf(sample: Float32Array, id: number): Vote {
    const key = fold(this.root, id)
    return (first, count) => {
      this.repeat(sample)
      for (let done = 0; done < count; ) done += this.fill(key, first + done, done, count - done)
      return this.options.classify(this.copies.subarray(0, count * this.size), count)
    }
  }

  private repeat(sample: Float32Array): void {
    if (this.repeated === sample) return
    for (let at = 0; at < this.plain.length; at += this.size) this.plain.set(sample, at)
    this.repeated = sample
  }

  /** Makes copies from number `copy` on in the batch's row `row`; returns how many. */
  private fill(key: Key, copy: number, row: number, wanted: number): number {
    const perKey = Math.floor(longestStream / this.stride)
    const within = copy % perKey
    // Copies lie end to end in the batch, and in the stream too when nothing is left over between.
    const count = this.stride === this.size ? Math.min(wanted, perKey - within) : 1
    const [from, to] = [row * this.size, (row + count) * this.size]
    this.kernels.gaussian(
      this.plain.subarray(from, to),
      this.copies.subarray(from, to),
      { sigma: this.options.sigma },
      fold(key, Math.floor(copy / perKey)),
      within * this.stride,
    )
    return count
  }
}
