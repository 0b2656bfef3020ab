import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node'
import { type DataType, type Tensor, tensor } from '../../src/base/index.js'

/** Runs a model in the stock runtime: the judge of every graph this project writes or rewrites. */
export async function runModel(
  model: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
  options: InferenceSession.SessionOptions = {},
): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
    ...options,
  })
  const known = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name))
  const fed = Object.fromEntries(known.map(([name, t]) => [name, toRuntime(t)]))
  const results = await session.run(fed)
  await session.release()
  return Object.fromEntries(Object.entries(results).map(([name, t]) => [name, fromRuntime(t)]))
}

function toRuntime({ dtype, data, shape }: Tensor): RuntimeTensor {
  return new RuntimeTensor(dtype as 'float32', data as Float32Array, shape)
}

function fromRuntime({ type, data, dims }: RuntimeTensor): Tensor {
  return tensor(type as DataType, [...dims], data as Float32Array)
}

/** A tensor's exact content as text: equal text, equal bits. */
export function bitsOf({ dtype, shape, data }: Tensor): string {
  const content = Array.isArray(data)
    ? JSON.stringify(data)
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
  return `${dtype}[${shape}] ${content}`
}

/** The largest difference between two tensors, relative to the larger of 1 and the expected size. */
export function worstDifference(actual: Tensor, wanted: Tensor): number {
  if (`${actual.dtype}[${actual.shape}]` !== `${wanted.dtype}[${wanted.shape}]`)
    return Number.POSITIVE_INFINITY
  if (bitsOf(actual) === bitsOf(wanted)) return 0
  const expected = Array.from(wanted.data as ArrayLike<number>, Number)
  return expected.reduce((worst, value, i) => {
    const got = Number((actual.data as ArrayLike<number>)[i])
    if (Object.is(got, value)) return worst
    const difference = Math.abs(got - value) / Math.max(1, Math.abs(value))
    return Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)
  }, 0)
}
