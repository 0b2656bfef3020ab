import type { Key } from '../base/index.js'
import { openArena, type PlaneBlur } from './module.js'
import { type AdamOptions, type AdamState, adamScalars, type SgdOptions } from './optimizers.js'
import { poissonTable, poissonTableLength } from './poisson-table.js'
import { eitherRows, type RowKernels, slowRows } from './rows.js'
import { type Runner, runTwin } from './runner.js'
import { type BlurredPlane, blurPlane } from './twin/blur.js'

/** Values are kept inside [low, high]; the defaults keep them as they are. NaN stays NaN. */
export interface Clip {
  readonly low?: number
  readonly high?: number
}

/**
 * Fused passes over Float32Arrays of one length. Arrays from `alloc` are worked on where they lie,
 * others are staged; `out` may be the input itself. `first`, a multiple of 16, is the number of the
 * first sample in the key's stream, so a stream can be made in parts.
 */
export interface Kernels extends RowKernels {
  /** A view of zeros, aligned to 64 bytes, padded to 16 floats; never detached, never freed. */
  alloc(floats: number): Float32Array
  /** Whether an array lies in this memory. */
  holds(array: Float32Array): boolean
  /** Floats that `alloc` can still give. */
  free(): number

  /** Uniform 32-bit words. */
  words(out: Uint32Array, key: Key, first?: number): void
  /** out = sigma N(0, 1). */
  normal(out: Float32Array, sigma: number, key: Key, first?: number): void
  /** out = clip(x + sigma N(0, 1)). */
  gaussian(
    x: Float32Array,
    out: Float32Array,
    level: Clip & { readonly sigma: number },
    key: Key,
    first?: number,
  ): void
  /** out = clip(x + U(-halfWidth, halfWidth)). */
  uniform(
    x: Float32Array,
    out: Float32Array,
    level: Clip & { readonly halfWidth: number },
    key: Key,
    first?: number,
  ): void
  /** out = clip(x + scale L), L of density exp(-|L|) / 2. */
  laplace(
    x: Float32Array,
    out: Float32Array,
    level: Clip & { readonly scale: number },
    key: Key,
    first?: number,
  ): void
  /** out = clip(x + x sigma N(0, 1)). */
  speckle(
    x: Float32Array,
    out: Float32Array,
    level: Clip & { readonly sigma: number },
    key: Key,
    first?: number,
  ): void
  /** out = clip(Poisson(scale max(x, 0)) / scale). */
  poisson(
    x: Float32Array,
    out: Float32Array,
    level: Clip & { readonly scale: number },
    key: Key,
    first?: number,
  ): void
  /** Each value becomes low with one probability, high with another, or stays. */
  replace(x: Float32Array, out: Float32Array, level: Replacement, key: Key, first?: number): void

  /** out = a + weight (b - a). */
  lerp(a: Float32Array, b: Float32Array, out: Float32Array, weight: number): void
  /** out = scale x + shift. */
  scaleAdd(x: Float32Array, out: Float32Array, scale: number, shift: number): void
  /** out = a + weight b. */
  addScaled(a: Float32Array, b: Float32Array, out: Float32Array, weight: number): void
  /**
   * out = x + g noise for rows of `length`, g = ratio sqrt(sum x^2 / sum noise^2). Rows where either is
   * silent stay as they are; gives their number.
   */
  addAtRatio(x: Float32Array, noise: Float32Array, out: Float32Array, rows: RatioRows): number
  /** out = byte / 255, rounded once; soonest where `out` lies in a memory of the kernels. */
  unitOfBytes(bytes: Uint8Array, out: Float32Array): void
  /** out = x kept inside [low, high]. */
  clamp(x: Float32Array, out: Float32Array, low: number, high: number): void

  /**
   * Blurs planes of height x width one after the other, down the columns and along the rows, mirrored at
   * the edges without repeating them, and clips. `weights` is one half of a symmetric kernel: the
   * outermost first, the middle last.
   */
  blur(x: Float32Array, out: Float32Array, plane: BlurredPlane): void

  /** The sum of x^2, in double precision. */
  sumOfSquares(x: Float32Array): number
  /** The sum of x^2 of a waveform or an image: twice as fast, with a relative error of at most 2^-22. */
  energy(x: Float32Array): number
  /** The largest |x|, 0 of nothing; NaN where x holds one. */
  maxAbs(x: Float32Array): number

  /** One step of Adam (Kingma & Ba 2015), weight decay as L2 in the gradient; as PyTorch's. */
  adam(state: AdamState, options: AdamOptions): void
  /** One step of AdamW (Loshchilov & Hutter 2019), weight decay apart from the gradient; as PyTorch's. */
  adamw(state: AdamState, options: AdamOptions): void
  /** One step of gradient descent, with (Nesterov's) momentum where a velocity is given; as PyTorch's. */
  sgd(state: SgdState, options: SgdOptions): void
}

export interface RatioRows {
  /** Floats in a row; the arrays hold whole rows. */
  readonly length: number
  /** Root of the noise's power over the signal's: 10^(-snr / 20). */
  readonly ratio: number
}

export interface Replacement {
  readonly lowShare: number
  readonly highShare: number
  readonly low: number
  readonly high: number
}

export interface SgdState {
  readonly parameters: Float32Array
  readonly gradients: Float32Array
  /** Zeros before the first step. */
  readonly velocity?: Float32Array
}

/** Opens a memory of `bytes` (at most 4 GiB, default 16 MiB) that never grows, and its SIMD kernels. */
export function openKernels({ bytes = 16 * 1024 ** 2 }: { bytes?: number } = {}): Kernels {
  const arena = openArena(bytes)
  const { run, alloc, holds, free, blurPlanes, addAtRatio, rows: fast } = arena
  const kernels = passes(run, tableIn(alloc))
  return {
    alloc,
    holds,
    free,
    ...kernels,
    ...eitherRows(fast, slowRows(kernels)),
    blur: eachPlane(blurPlanes),
    addAtRatio: (x, noise, out, rows) =>
      addAtRatio(x, noise, out, rows.length, rows.ratio) ?? addRows(kernels, x, noise, out, rows),
    unitOfBytes: (bytes, out) => eachByte(bytes, out, arena.unitOfBytes(bytes, out)),
  }
}

/** The same kernels as plain TypeScript, same bits; for checking, and where SIMD is missing. */
export function scalarKernels(): Kernels {
  const kernels = passes(
    runTwin,
    tableIn(n => new Float32Array(n)),
  )
  return {
    alloc: floats => new Float32Array(Math.ceil(floats / 16) * 16).subarray(0, floats),
    holds: () => true,
    free: () => Number.POSITIVE_INFINITY,
    ...kernels,
    ...slowRows(kernels),
    blur: eachPlane(() => false),
    addAtRatio: (x, noise, out, rows) => addRows(kernels, x, noise, out, rows),
    unitOfBytes: (bytes, out) => eachByte(bytes, out, 0),
  }
}

/** The Poisson table, made when first asked for. */
function tableIn(alloc: (floats: number) => Float32Array): () => Float32Array {
  let table: Float32Array | undefined
  return () => {
    if (table) return table
    table = alloc(poissonTableLength)
    // As words: a float's copy may change the bits of a NaN.
    new Uint32Array(table.buffer, table.byteOffset, table.length).set(poissonTable())
    return table
  }
}

let shared: Kernels | undefined

/** One small instance for all who keep their arrays elsewhere. */
export function sharedKernels(): Kernels {
  shared ??= openKernels({ bytes: 4 * 1024 ** 2 })
  return shared
}

const bounds = ({ low = -Infinity, high = Infinity }: Clip) => [low, high]

type Passes = Omit<
  Kernels,
  'alloc' | 'holds' | 'free' | 'blur' | 'addAtRatio' | 'unitOfBytes' | keyof RowKernels
>

function passes(run: Runner, table: () => Float32Array): Passes {
  return {
    words: (out, key, first) => {
      run('words', [new Float32Array(out.buffer, out.byteOffset, out.length)], [], key, first)
    },
    normal: (out, sigma, key, first) => void run('normal', [out], [sigma], key, first),
    gaussian: (x, out, level, key, first) =>
      void run('gaussian', [x, out], [level.sigma, ...bounds(level)], key, first),
    uniform: (x, out, level, key, first) =>
      void run('uniform', [x, out], [level.halfWidth * 2 ** -31, ...bounds(level)], key, first),
    laplace: (x, out, level, key, first) =>
      void run('laplace', [x, out], [level.scale, ...bounds(level)], key, first),
    speckle: (x, out, level, key, first) =>
      void run('speckle', [x, out], [level.sigma, ...bounds(level)], key, first),
    poisson: (x, out, level, key, first) => {
      const scalars = [level.scale, 1 / level.scale, ...bounds(level)]
      run('poisson', [x, table(), out], scalars, key, first)
    },
    replace: (x, out, level, key, first) =>
      void run('replace', [x, out], replaceScalars(level), key, first),
    lerp: (a, b, out, weight) => void run('lerp', [a, b, out], [weight]),
    scaleAdd: (x, out, scale, shift) => void run('scaleAdd', [x, out], [scale, shift]),
    addScaled: (a, b, out, weight) => void run('addScaled', [a, b, out], [weight]),
    clamp: (x, out, low, high) => void run('clamp', [x, out], [low, high]),
    sumOfSquares: x => run('sumOfSquares', [x], []),
    energy: x => run('energy', [x], []),
    maxAbs: x => run('maxAbs', [x], []),
    adam: (state, options) => runAdam(run, state, adamScalars(options, false)),
    adamw: (state, options) => runAdam(run, state, adamScalars(options, true)),
    sgd: (state, options) => runSgd(run, state, options),
  }
}

/** Signed words are even over [-2^31, 2^31): those shares of it at either end. */
function replaceScalars({ lowShare, highShare, low, high }: Replacement): number[] {
  const half = 2 ** 31
  return [2 * half * lowShare - half, half - 2 * half * highShare, low, high]
}

/** Row by row, with the same bits as all at once. */
function addRows(
  kernels: Passes,
  x: Float32Array,
  noise: Float32Array,
  out: Float32Array,
  { length, ratio }: RatioRows,
): number {
  let silent = 0
  for (let from = 0; from < x.length; from += length) {
    const [a, b, c] = [x, noise, out].map(array => array.subarray(from, from + length))
    const [signal, power] = [kernels.energy(a), kernels.energy(b)]
    if (signal > 0 && power > 0) kernels.addScaled(a, b, c, Math.sqrt(signal / power) * ratio)
    else {
      silent++
      if (c !== a) c.set(a)
    }
  }
  return silent
}

/** Bytes from number `from` on, one by one; a loop of its own, for the compiler to know both types. */
function eachByte(bytes: Uint8Array, out: Float32Array, from: number): void {
  const count = bytes.length
  for (let i = from; i < count; i++) out[i] = bytes[i] / 255
}

/** All at once, or plane by plane, or by the twin where even one is too large; with the same bits. */
function eachPlane(fast: PlaneBlur): Kernels['blur'] {
  return (x, out, plane) => {
    if (fast(x, out, plane)) return
    const size = plane.height * plane.width
    for (let from = 0; from < x.length; from += size) {
      const [source, target] = [x, out].map(array => array.subarray(from, from + size))
      if (!fast(source, target, plane)) blurPlane(source.slice(), target, plane)
    }
  }
}

function runAdam(run: Runner, state: AdamState, scalars: readonly number[]): void {
  run('adam', [state.parameters, state.gradients, state.means, state.squares], scalars)
}

function runSgd(run: Runner, { parameters, gradients, velocity }: SgdState, options: SgdOptions) {
  const { learningRate, momentum = 0, weightDecay = 0, gradientScale = 1 } = options
  if (!velocity) {
    run('descent', [parameters, gradients], [gradientScale, weightDecay, learningRate])
    return
  }
  // Nesterov steps along g + momentum b, plain momentum along b.
  const [direct, carried] = options.nesterov ? [1, momentum] : [0, 1]
  const scalars = [gradientScale, weightDecay, momentum, direct, carried, learningRate]
  run('momentum', [parameters, gradients, velocity], scalars)
}
