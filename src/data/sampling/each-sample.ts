import { DataError, sizeOf } from '../../base/index.js'
import type { Dataset } from '../dataset.js'

const AT_ONCE = 64

export interface VisitOptions {
  /** Called now and then with the number of samples visited. */
  onProgress?: (visited: number) => void
  signal?: AbortSignal
}

/** Called for each sample in order; `values` is valid during the call, absent when unreadable. */
export type Visit = (index: number, values: Float32Array | undefined, reason?: string) => void

/** Reads every sample once, in order; an unreadable one is visited with its reason. */
export async function eachSample(
  dataset: Dataset,
  visit: Visit,
  { onProgress, signal }: VisitOptions = {},
): Promise<void> {
  const size = sizeOf(dataset.shape)
  const buffer = new Float32Array(Math.min(AT_ONCE, dataset.length) * size)
  for (let start = 0; start < dataset.length; start += AT_ONCE) {
    signal?.throwIfAborted()
    const count = Math.min(AT_ONCE, dataset.length - start)
    const indices = Uint32Array.from({ length: count }, (_, n) => start + n)
    const failures = await readAll(dataset, indices, buffer.subarray(0, count * size))
    for (let n = 0; n < count; n++) {
      const reason = failures[n]
      const values = reason === undefined ? buffer.subarray(n * size, (n + 1) * size) : undefined
      visit(start + n, values, reason)
    }
    onProgress?.(start + count)
  }
}

async function readAll(dataset: Dataset, indices: Uint32Array, out: Float32Array) {
  if (dataset.readMany) return dataset.readMany(indices, out)
  const size = sizeOf(dataset.shape)
  return Promise.all(
    Array.from(indices, async (index, n): Promise<string | undefined> => {
      try {
        await dataset.read(index, out.subarray(n * size, (n + 1) * size))
        return undefined
      } catch (error) {
        if (error instanceof DataError) return error.message
        throw error
      }
    }),
  )
}
