import type { Key } from '../base/index.js'
import { type KernelName, type KernelRow, kernelTable } from './table.js'

/** Runs one kernel over arrays of one length; `first` is the number of the first sample in the key's stream. */
export type Runner = (
  name: KernelName,
  arrays: readonly Float32Array[],
  scalars: readonly number[],
  key?: Key,
  first?: number,
) => number

/** Longest stretch reduced, or staged, at once. */
export const chunkLength = 16384

export const noKey: Key = { seed: [0, 0], stream: [0, 0] }

/** The scalar twins, chunked like the SIMD kernels. */
export const runTwin: Runner = (name, arrays, scalars, key = noKey, first = 0) => {
  const row: KernelRow = kernelTable[name]
  const rounded = scalars.map(Math.fround)
  const { length } = arrays[0]
  const { join } = row
  if (!join) {
    row.twin(arrays, rounded, key, first)
    return 0
  }
  const whole = length - (length % 16)
  const stops = [...Array(Math.ceil(whole / chunkLength)).keys()].map(i => i * chunkLength)
  return [...stops, whole].reduce((joined, from, i) => {
    const part = arrays.map(array =>
      array.subarray(from, stops[i + 1] ?? (i < stops.length ? whole : length)),
    )
    return join(joined, row.twin(part, rounded, key, first) as number)
  }, 0)
}
