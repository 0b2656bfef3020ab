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
  /** Where batches are made, with room for one; a memory of its own if left out. */
  kernels?: Kernels
}

/**
 * Makes noisy copies x + sigma N(0, 1), never clipped (the theorem is about unclipped noise), and has
 * them classified. Copy c of a sample is keyed by (seed, sample, c).
 */
export class Voter {
  private readonly kernels: Kernels
  private readonly size: number
  private readonly copies: Float32Array
  private readonly root: Key

  constructor(private readonly options: VoterOptions) {
    const { shape, batch, seed } = options
    this.size = sizeOf(shape)
    const floats = batch * this.size
    this.kernels = options.kernels ?? openKernels({ bytes: 4 * floats + 4096 })
    this.copies = this.kernels.alloc(floats)
    this.root = keyOf(seed, 'certify:gaussian')
  }

  /** The votes of one sample's copies; `id` names it for the noise. */
  votesOf(sample: Float32Array, id: number): Vote {
    const key = fold(this.root, id)
    return (first, count) => {
      for (let c = 0; c < count; c++) {
        const out = this.copies.subarray(c * this.size, (c + 1) * this.size)
        this.kernels.gaussian(sample, out, { sigma: this.options.sigma }, fold(key, first + c))
      }
      return this.options.classify(this.copies.subarray(0, count * this.size), count)
    }
  }
}
