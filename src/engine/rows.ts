import { sizeOf, type Tensor } from '../base/index.js'
import type { Session } from './session.js'

/** A model that answers rows of one input with rows of one output: what another thread has to know. */
export interface RowModel {
  /** The ONNX file. */
  readonly bytes: Uint8Array
  readonly input: string
  readonly output: string
  /** Shape of one row of the input. */
  readonly shape: readonly number[]
  /** Numbers a row of the output. */
  readonly width: number
  /** Rows a call, where the file insists on a number. */
  readonly chunk?: number
}

/**
 * The answers `[rows, width]` to rows of samples, `fed` being what else the session takes. All runs are
 * begun at once: a session in another thread leaves the samples free again. A row alone goes in twice,
 * since the runtime multiplies a single row by another kernel, which rounds otherwise.
 */
export async function answerRows(
  session: Session,
  model: Omit<RowModel, 'bytes'>,
  samples: Float32Array,
  rows: number,
  fed: Readonly<Record<string, Tensor>> = {},
): Promise<Float32Array> {
  const { input, output, shape, width, chunk } = model
  const size = sizeOf(shape)
  if (rows === 1 && chunk === undefined) {
    const twice = new Float32Array(2 * size)
    for (const at of [0, size]) twice.set(samples.subarray(0, size), at)
    return (await answerRows(session, model, twice, 2, fed)).slice(0, width)
  }
  const here = chunk ?? rows
  const answers = new Float32Array(rows * width)
  const answer = async (row: number) => {
    const data = samples.subarray(row * size, (row + here) * size)
    const tensor = { dtype: 'float32' as const, shape: [here, ...shape], data }
    const made = await session.run({ ...fed, [input]: tensor }, { [output]: null })
    answers.set(made[output].data as Float32Array, row * width)
  }
  await Promise.all(Array.from({ length: rows / here }, (_, i) => answer(i * here)))
  return answers
}
