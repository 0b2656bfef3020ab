import {
  float32Tensor,
  int64Tensor,
  type Random,
  sizeOf,
  type Tensor,
} from '../../src/base/index.js'
import type { Attributes } from '../../src/onnx/index.js'

/** Random shapes and values for gradient cases, all from one key. */
export class Draw {
  constructor(private readonly random: Random) {}

  /** A whole number from low to high, both included. */
  int(low: number, high: number): number {
    return low + this.random.below(high - low + 1)
  }

  /** A number in [low, high). */
  real(low: number, high: number): number {
    return low + (high - low) * this.random.float()
  }

  pick<T>(...items: readonly T[]): T {
    return items[this.random.below(items.length)]
  }

  /** What is given, or nothing: an attribute that is sometimes left to its default. */
  sometimes(attributes: Attributes, probability = 0.6): Attributes {
    return this.chance(probability) ? attributes : {}
  }

  chance(probability = 0.5): boolean {
    return this.random.float() < probability
  }

  /** A shape of the given rank with sizes from 1 to `most`. */
  shape(rank: number, most = 4): number[] {
    return Array.from({ length: rank }, () => this.int(1, most))
  }

  /** A shape that broadcasts to `shape`: sizes set to 1, leading ones dropped. */
  broadcastable(shape: readonly number[]): number[] {
    const shrunk = shape.map(size => (this.chance(0.3) ? 1 : size))
    return this.chance(0.3) ? shrunk.slice(this.int(0, shape.length)) : shrunk
  }

  /** An axis of the rank, counted from either end. */
  axis(rank: number): number {
    return this.int(-rank, rank - 1)
  }

  /** `count` different axes in ascending order, each counted from either end. */
  axes(rank: number, count = this.int(1, rank)): number[] {
    const chosen = this.random.shuffle(Array.from({ length: rank }, (_, i) => i)).slice(0, count)
    return chosen.sort((a, b) => a - b).map(axis => (this.chance(0.3) ? axis - rank : axis))
  }

  permutation(length: number): number[] {
    return this.random.shuffle(Array.from({ length }, (_, i) => i))
  }

  /** float32 values in [low, high), at least `apart` away from each of `avoid`, where kinks are. */
  reals(
    shape: readonly number[],
    low = -2,
    high = 2,
    avoid: readonly number[] = [],
    apart = 0.02,
  ): Tensor {
    const draw = (): number => {
      const value = Math.fround(this.real(low, high))
      return avoid.some(kink => Math.abs(value - kink) < apart) ? draw() : value
    }
    return float32Tensor(Array.from({ length: sizeOf(shape) }, draw), shape)
  }

  /** float32 values no two of which are closer than `step`, in random order: for maxima and sorts. */
  distinct(shape: readonly number[], step = 0.1): Tensor {
    const count = sizeOf(shape)
    const order = this.permutation(count)
    const jitter = () => this.real(-0.25, 0.25)
    return float32Tensor(
      order.map(i => (i - count / 2 + 0.37 + jitter()) * step),
      shape,
    )
  }

  /** int64 indices in [low, high). */
  indices(shape: readonly number[], low: number, high: number): Tensor {
    return int64Tensor(
      Array.from({ length: sizeOf(shape) }, () => this.int(low, high - 1)),
      shape,
    )
  }
}
