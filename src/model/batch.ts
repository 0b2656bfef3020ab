import { keyOf, ModelError, Random, sizeOf, tensor } from '../base/index.js'
import { createSession } from '../engine/index.js'
import { writeModel } from '../onnx/index.js'
import type { OpenedModel } from './open.js'
import { samplesInput } from './prefix.js'
import { type SamplesOptions, staticGraph } from './static.js'

/** Whether a model takes batches of any size. */
export interface BatchReport {
  /**
   * `free`: the file leaves the batch open. `freed`: the file fixed it, and twice as many samples
   * together came out as apart. `fixed`: only `made` samples at a time.
   */
  readonly kind: 'free' | 'freed' | 'fixed'
  /** The batch the file was made for; undefined where it is open. */
  readonly made?: number
  /** In a sentence. */
  readonly reason: string
}

/** Rounding differs between batch sizes; a mixed sample differs far more. */
const tolerance = 1e-4

/**
 * Runs samples together and apart, in this process: a model whose answers agree takes any batch.
 * Others take what they were made for, and the reason says what happened.
 */
export async function proveBatch(
  opened: OpenedModel,
  options: SamplesOptions,
): Promise<BatchReport> {
  const made = opened.batch.made ?? 1
  const trial: OpenedModel = { ...opened, batch: { kind: 'freed', made, reason: 'being tried' } }
  const samples = drawSamples(2 * made, options.sampleShape)
  const half = samples.length / 2
  const apart = [
    ...(await answer(trial, made, samples.subarray(0, half), options)),
    ...(await answer(trial, made, samples.subarray(half), options)),
  ]
  try {
    const difference = worst(await answer(trial, 2 * made, samples, options), apart)
    if (difference <= tolerance) return proved(opened, made)
    const reason = `answers change by ${difference.toPrecision(2)} of their size when samples are run together`
    return { kind: 'fixed', made, reason }
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    return { kind: 'fixed', made, reason: error.message.replace(/\.$/, '') }
  }
}

function proved({ batch }: OpenedModel, made: number): BatchReport {
  const reason = `${2 * made} samples together came out as apart`
  return batch.made === undefined
    ? { kind: 'free', reason: `the file leaves the batch open, and ${reason}` }
    : { kind: 'freed', made, reason: `the file fixes the batch to ${made}; ${reason}` }
}

function drawSamples(count: number, shape: readonly number[]): Float32Array {
  const random = new Random(keyOf(0, 'prove batch'))
  return Float32Array.from({ length: count * sizeOf(shape) }, () => random.float())
}

async function answer(
  opened: OpenedModel,
  batch: number,
  data: Float32Array,
  options: SamplesOptions,
): Promise<number[]> {
  const graph = staticGraph(opened, batch, options)
  const session = await createSession(writeModel({ ...opened.model, graph }), { threads: 1 })
  try {
    const samples = tensor('float32', [batch, ...options.sampleShape], data)
    const results = await session.run({ [samplesInput]: samples })
    return Array.from(results[opened.output.name].data as Float32Array, Number)
  } finally {
    await session.close()
  }
}

/** The largest difference, relative to the largest answer; not-a-number in one place only is infinite. */
function worst(together: readonly number[], apart: readonly number[]): number {
  if (together.length !== apart.length) return Number.POSITIVE_INFINITY
  const size = apart.reduce((largest, v) => Math.max(largest, Math.abs(v) || 0), 1e-6)
  return together.reduce((difference, value, i) => {
    if (Object.is(value, apart[i])) return difference
    const distance = Math.abs(value - apart[i]) / size
    return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(difference, distance)
  }, 0)
}
