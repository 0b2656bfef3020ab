/**
 * Counter-based random numbers: every number is a function of a key and a position, never of a
 * clock or of what was drawn before. Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */

/** What makes one stream of random numbers its own; use one key for one purpose only. */
export interface Key {
  /** The run's seed, low and high 32 bits. */
  readonly seed: readonly [number, number]
  /** The stream within the seed, low and high 32 bits. */
  readonly stream: readonly [number, number]
}

type Words = [number, number, number, number]

/**
 * Philox4x32-10: ten rounds of
 *   (c0, c1, c2, c3) -> (hi(B c2) ^ c1 ^ k0, lo(B c2), hi(A c0) ^ c3 ^ k1, lo(A c0)),
 * the key growing by two Weyl constants a round.
 */
export function philox(counter: Readonly<Words>, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0)
    const low0 = Math.imul(0xd2511f53, c0)
    const high1 = multiplyHigh(0xcd9e8d57, c2)
    const low1 = Math.imul(0xcd9e8d57, c2)
    c0 = high1 ^ c1 ^ k0
    c1 = low1
    c2 = high0 ^ c3 ^ k1
    c3 = low0
    k0 = (k0 + 0x9e3779b9) | 0
    k1 = (k1 + 0xbb67ae85) | 0
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0]
}

/** The upper 32 bits of a 32 x 32 bit product; every sum of parts stays below 2^32. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const middle = ((Math.imul(a1, b0) >>> 0) + (Math.imul(a0, b0) >>> 16)) >>> 0
  const carry = ((Math.imul(a0, b1) >>> 0) + (middle & 0xffff)) >>> 0
  return (Math.imul(a1, b1) + (middle >>> 16) + (carry >>> 16)) | 0
}

/**
 * The key of a named purpose: `keyOf(seed, 'input:gaussian', epoch, sample, copy)`.
 * `seed` and each counter are whole numbers from 0 to 2^53 - 1.
 */
export function keyOf(seed: number, purpose: string, ...counters: readonly number[]): Key {
  const words = split(seed)
  const root: Key = { seed: words, stream: [hashText(purpose), purpose.length >>> 0] }
  return counters.reduce(fold, root)
}

/** A new key for the n-th child of a key; children of one key never meet. */
export function fold(key: Key, n: number): Key {
  const [low, high] = split(n)
  const [a, b] = philox([key.stream[0], key.stream[1], low, high], key.seed)
  return { seed: key.seed, stream: [a, b] }
}

function split(n: number): [number, number] {
  return [n >>> 0, Math.floor(n / 0x100000000) >>> 0]
}

/** FNV-1a, 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Draws from one key in sequence, for shuffles and small choices; kernels draw in bulk instead. */
export class Random {
  private words: Words = [0, 0, 0, 0]
  private used = 4
  private block = 0

  constructor(private readonly key: Key) {}

  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number {
    if (this.used === 4) {
      const { stream, seed } = this.key
      this.words = philox([stream[0], stream[1], this.block++, 0x52414e44], seed)
      this.used = 0
    }
    return this.words[this.used++]
  }

  /** A number in [0, 1) with 53 random bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 0x20000000000000
  }

  /** A whole number in [0, n), without bias. */
  below(n: number): number {
    let draw = this.uint32()
    // The last, incomplete stretch of n numbers is drawn again; only a draw near the end can lie in it.
    while (draw > 0x100000000 - n && draw >= 0x100000000 - (0x100000000 % n)) draw = this.uint32()
    return draw - Math.floor(draw / n) * n
  }

  /** A standard normal number (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.float())) * Math.cos(2 * Math.PI * this.float())
  }

  /** Fisher-Yates, in place. */
  shuffle<A extends { length: number; [index: number]: T }, T>(items: A): A {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const kept = items[i]
      items[i] = items[j]
      items[j] = kept
    }
    return items
  }
}
