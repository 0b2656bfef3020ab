/** Passes over the rows of a batch in one call; the same bits as row by row. */
import { fold, type Key, rowViews } from '../base/index.js'
import type { Clip, Kernels } from './kernels.js'
import { chunkLength } from './runner.js'

/** Rows of `width` floats that get noise, each with a strength and a key of its own. */
export interface NoisyRows extends Clip {
  readonly width: number
  /** How many rows; the arrays below are as long or longer. */
  readonly count: number
  /** Which rows of the batch; the first ones where absent. */
  readonly list?: Uint32Array
  /** Row `list[i]` is keyed by fold(fold(key, ids[i]), copies[i]), or without copies by fold(key, ids[i]). */
  readonly ids: Float64Array
  readonly copies?: Uint32Array
  readonly sigmas: Float32Array
}

/** Which two rows make up each row of a mix: (own, partner) and the weight of either, two numbers a row. */
export interface MixedRows {
  readonly width: number
  readonly indices: Int32Array
  readonly weights: Float32Array
}

export interface RowKernels {
  /** out = clip(x + sigma N(0, 1)) for the rows listed, the others of `out` stay; `out` may be `x`. */
  gaussianRows(x: Float32Array, out: Float32Array, rows: NoisyRows, key: Key): void
  /** Row i of out = own + weight (partner - own); weight 0 and 1 give the one or the other itself. */
  mixRows(x: Float32Array, out: Float32Array, rows: MixedRows): void
}

/** False where the arrays lie elsewhere, or are too many for the room there is. */
export interface FastRows {
  gaussianRows(x: Float32Array, out: Float32Array, rows: NoisyRows, key: Key): boolean
  mixRows(x: Float32Array, out: Float32Array, rows: MixedRows): boolean
}

/** Rows whose tables fit into the slots. */
const mostRows = chunkLength / 2

/** The module's own passes; tables are copied into its slots, samples stay where they are. */
export function fastRows(
  exports: Record<string, (...values: number[]) => number>,
  buffer: ArrayBuffer,
  stage: number,
): FastRows {
  const slot = (i: number) => stage + i * chunkLength * 4
  const words = new Uint32Array(buffer, slot(0), mostRows * 2)
  const seconds = new Uint32Array(buffer, slot(1), mostRows * 2)
  const doubles = new Float64Array(buffer, slot(2), mostRows)
  const floats = new Float32Array(buffer, slot(3), mostRows * 2)
  return {
    gaussianRows(x, out, rows, { seed, stream }) {
      const { width, count, list, ids, copies, sigmas, low = -Infinity, high = Infinity } = rows
      if (x.buffer !== buffer || out.buffer !== buffer || count > mostRows) return false
      if (list) words.set(upTo(list, count))
      else for (let row = 0; row < count; row++) words[row] = row
      if (copies) seconds.set(upTo(copies, count))
      doubles.set(upTo(ids, count))
      floats.set(upTo(sigmas, count))
      const tables = [slot(0), slot(2), copies ? slot(1) : 0, slot(3)] as const
      const places = [x.byteOffset, out.byteOffset, width, count, ...tables] as const
      exports.gaussianRows(...places, low, high, ...seed, ...stream)
      return true
    },
    mixRows(x, out, { width, indices, weights }) {
      const rows = indices.length / 2
      if (x.buffer !== buffer || out.buffer !== buffer || rows > mostRows) return false
      words.set(indices)
      floats.set(weights)
      exports.mixRows(x.byteOffset, out.byteOffset, width, rows, slot(0), slot(3))
      return true
    },
  }
}

/** The start of a table; itself where that is all. */
const upTo = <T extends Float32Array | Float64Array | Uint32Array>(table: T, count: number): T =>
  table.length === count ? table : (table.subarray(0, count) as T)

/** Row by row through the other kernels. */
export function slowRows(kernels: Pick<Kernels, 'gaussian' | 'lerp'>): RowKernels {
  return {
    gaussianRows(x, out, { width, count, list, ids, copies, sigmas, low, high }, key) {
      const [from, to] = [rowViews(x, width), rowViews(out, width)]
      for (let i = 0; i < count; i++) {
        const row = list ? list[i] : i
        const byId = fold(key, ids[i])
        const own = copies ? fold(byId, copies[i]) : byId
        kernels.gaussian(from[row], to[row], { sigma: sigmas[i], low, high }, own)
      }
    },
    mixRows(x, out, { width, indices, weights }) {
      const [from, to] = [rowViews(x, width), rowViews(out, width)]
      for (let i = 0; i < indices.length / 2; i++) {
        const [own, partner] = [from[indices[2 * i]], from[indices[2 * i + 1]]]
        const weight = weights[2 * i + 1]
        if (weight === 0 || weight === 1) to[i].set(weight ? partner : own)
        else kernels.lerp(own, partner, to[i], weight)
      }
    },
  }
}

/** The fast passes where they can be had, else the slow ones. */
export function eitherRows(fast: FastRows, slow: RowKernels): RowKernels {
  return {
    gaussianRows: (x, out, rows, key) => {
      if (!fast.gaussianRows(x, out, rows, key)) slow.gaussianRows(x, out, rows, key)
    },
    mixRows: (x, out, rows) => {
      if (!fast.mixRows(x, out, rows)) slow.mixRows(x, out, rows)
    },
  }
}
