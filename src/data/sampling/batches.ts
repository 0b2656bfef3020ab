import { DataError, expected, sizeOf, UsageError } from '../../base/index.js'
import type { Dataset } from '../dataset.js'
import { drawnOrder, type Easiest, epochOrder } from './order.js'

export interface BatchOptions {
  /** Samples a batch; the last one of an epoch holds what is left. */
  batch: number
  /**
   * `shuffled` (by seed and epoch), `balanced` (the same, every class equally often) or
   * `sequential`; default `sequential`.
   */
  order?: 'shuffled' | 'balanced' | 'sequential'
  seed?: number
  epoch?: number
  /** Draws from the easiest samples alone, as often as they fill the epoch; not with `sequential`. */
  easiest?: Easiest
  /** The batch to begin with, counted from 0: where an interrupted epoch goes on. */
  start?: number
  /** How often each sample stands in a batch, side by side; default 1. */
  copies?: number
  /** Batches decoded ahead of the one in use, for data sets that decode; default 2. */
  prefetch?: number
  /** Where the samples go, at least `batch * copies * sampleSize` long; default: an array of its own. */
  into?: Float32Array
  signal?: AbortSignal
}

export interface Batch {
  /** `[rows, ...shape]`, row-major: a view of `into`, valid until the next batch is asked for. */
  readonly data: Float32Array
  /** Rows: samples times copies. */
  readonly rows: number
  /** Number of this batch in its epoch. */
  readonly position: number
  /** For each row: its index in the data set, its id for noise keys, and which copy it is. */
  readonly indices: Uint32Array
  readonly ids: Float64Array
  readonly copies: Uint32Array
  readonly labels?: Int32Array
  readonly targets?: Float32Array
}

export function batchesPerEpoch(dataset: Dataset, batch: number): number {
  return Math.ceil(dataset.length / batch)
}

/**
 * One epoch in batches. The same data set, order, seed and epoch give the same batches from
 * whatever `start`. Throws DataError when a sample is unreadable.
 */
export async function* batches(dataset: Dataset, options: BatchOptions): AsyncGenerator<Batch> {
  const { batch, start = 0, copies = 1 } = options
  for (const [name, value] of Object.entries({ batch, copies }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new UsageError(expected(name, 'a whole number of at least 1', value))
  const rows = rowsOf(dataset, options)
  const size = sizeOf(dataset.shape)
  const into = options.into ?? new Float32Array(Math.min(batch, dataset.length) * copies * size)
  const last = batchesPerEpoch(dataset, batch)
  const ahead = dataset.immediate ? 0 : Math.max(0, options.prefetch ?? 2)
  const queue: Promise<Float32Array>[] = []
  const spare: Float32Array[] = []
  for (let position = start, next = start; position < last; position++) {
    options.signal?.throwIfAborted()
    const { indices, copies: which } = rows(position)
    const data = into.subarray(0, indices.length * size)
    if (ahead) {
      while (next < last && next <= position + ahead)
        queue.push(readAhead(dataset, rows(next++).indices, copies, spare))
      const filled = await queue.shift()!
      data.set(filled)
      spare.push(filled)
    } else await readRows(dataset, indices, copies, data)
    yield describe(dataset, { data, indices, position, copies: which })
  }
}

/** What stands in a batch's rows, each sample `copies` times. */
interface Rows {
  readonly indices: Uint32Array
  /** Tells apart the rows of one sample. */
  readonly copies: Uint32Array
}

/** The rows of any batch of the epoch. */
function rowsOf(dataset: Dataset, options: BatchOptions): (position: number) => Rows {
  const { batch, copies = 1 } = options
  const { indices, occurrences } = orderOf(dataset, options)
  return position => {
    const begin = position * batch
    const length = Math.min(batch, dataset.length - begin) * copies
    const rows = { indices: new Uint32Array(length), copies: new Uint32Array(length) }
    for (let row = 0; row < length; row++) {
      const place = begin + Math.floor(row / copies)
      rows.indices[row] = indices ? indices[place] : place
      rows.copies[row] = (row % copies) + copies * (occurrences?.[place] ?? 0)
    }
    return rows
  }
}

function orderOf(
  dataset: Dataset,
  { order = 'sequential', seed = 0, epoch = 0, easiest }: BatchOptions,
): { indices?: Uint32Array; occurrences?: Uint32Array } {
  if (order === 'sequential') return {}
  const isBalanced = order === 'balanced'
  if (isBalanced || easiest) return drawnOrder(dataset, { seed, epoch, isBalanced, easiest })
  return { indices: epochOrder(dataset, seed, epoch) }
}

function readAhead(
  dataset: Dataset,
  indices: Uint32Array,
  copies: number,
  spare: Float32Array[],
): Promise<Float32Array> {
  const length = indices.length * sizeOf(dataset.shape)
  const reused = spare.pop()
  const data =
    reused && reused.length >= length ? reused.subarray(0, length) : new Float32Array(length)
  const filled = Promise.resolve(readRows(dataset, indices, copies, data)).then(() => data)
  filled.catch(() => {}) // thrown where it is awaited; an abandoned epoch never awaits it
  return filled
}

function readRows(
  dataset: Dataset,
  rows: Uint32Array,
  copies: number,
  data: Float32Array,
): void | Promise<void> {
  const size = sizeOf(dataset.shape)
  const indices = copies === 1 ? rows : rows.filter((_, row) => row % copies === 0)
  const sample = (n: number) => data.subarray(n * size, (n + 1) * size)
  if (dataset.readMany)
    return dataset.readMany(indices, data.subarray(0, indices.length * size)).then(failures => {
      const reason = failures.find(failure => failure !== undefined)
      if (reason !== undefined) throw new DataError(reason)
      repeatRows(data, size, copies)
    })
  const pending: Promise<void>[] = []
  indices.forEach((index, n) => {
    const done = dataset.read(index, sample(n))
    if (done) pending.push(done)
  })
  if (!pending.length) return repeatRows(data, size, copies)
  return Promise.all(pending).then(() => repeatRows(data, size, copies))
}

/** Spreads samples that stand one after another to `copies` rows each, from the last on. */
function repeatRows(data: Float32Array, size: number, copies: number): void {
  if (copies > 1)
    for (let row = data.length / size - 1; row > 0; row--) {
      const from = Math.floor(row / copies) * size
      data.copyWithin(row * size, from, from + size)
    }
}

interface Filled {
  data: Float32Array
  indices: Uint32Array
  position: number
  copies: Uint32Array
}

function describe(dataset: Dataset, { data, indices, position, copies }: Filled): Batch {
  const { labels, targets } = dataset
  const { length } = indices
  const ids = new Float64Array(length)
  for (let row = 0; row < length; row++) ids[row] = dataset.id(indices[row])
  return {
    data,
    rows: length,
    position,
    indices,
    ids,
    copies,
    labels: labels && at(labels, indices, new Int32Array(length)),
    targets: targets && at(targets, indices, new Float32Array(length)),
  }
}

/** The values at these indices; a loop, as `from` with a function takes several times as long. */
function at<Out extends Int32Array | Float32Array>(
  values: ArrayLike<number>,
  indices: Uint32Array,
  out: Out,
): Out {
  for (let row = 0; row < out.length; row++) out[row] = values[indices[row]]
  return out
}
