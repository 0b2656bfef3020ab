import type { Tensor as RuntimeTensor } from 'onnxruntime-node'
import {
  type DataType,
  expected,
  InternalError,
  ModelError,
  type Tensor,
  tensor,
} from '../base/index.js'
import type { ValueInfo } from '../onnx/index.js'
import type { Runtime } from './runtime.js'

/** Our tensor as the runtime's, over the same memory: nothing is copied. */
export function toRuntime(runtime: Runtime, name: string, value: Tensor): RuntimeTensor {
  const { dtype, shape, data } = value
  if (dtype === 'bfloat16')
    throw new ModelError(`value "${name}": bfloat16 cannot be passed to the runtime from Node.`)
  if (dtype !== 'string' && isShared(data as ArrayBufferView))
    throw new InternalError(`value "${name}" is a view on shared memory, which the runtime refuses`)
  const Tensor = runtime.Tensor as new (t: string, d: unknown, s: number[]) => RuntimeTensor
  return new Tensor(dtype, data, [...shape])
}

/** The runtime's tensor as ours, over the same memory. */
export function fromRuntime(name: string, value: RuntimeTensor): Tensor {
  if (value.type === 'uint4' || value.type === 'int4')
    throw new ModelError(`output "${name}": ${value.type} values cannot be read from Node.`)
  const raw = value.data as ArrayBufferView & ArrayLike<number>
  // Newer Node versions hand out a Float16Array; ours are the bits.
  const data =
    value.type === 'float16' && !(raw instanceof Uint16Array)
      ? new Uint16Array(raw.buffer, raw.byteOffset, raw.length)
      : raw
  return tensor(value.type as DataType, value.dims, data as never)
}

function isShared(view: ArrayBufferView): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && view.buffer instanceof SharedArrayBuffer
}

/**
 * Throws ModelError unless a tensor fits what the model declares: same element type, same rank,
 * same fixed sizes. Named sizes take anything.
 */
export function checkFits(kind: 'input' | 'output', declared: ValueInfo, given: Tensor): void {
  const { name, dtype, shape } = declared
  if (dtype && dtype !== given.dtype)
    throw new ModelError(expected(`${kind} "${name}"`, `${dtype} values`, given.dtype))
  const fits =
    !shape ||
    (shape.length === given.shape.length &&
      shape.every((size, axis) => typeof size === 'string' || size === given.shape[axis]))
  if (!fits)
    throw new ModelError(
      expected(`${kind} "${name}"`, `the shape [${shape}]`, `[${given.shape.join(',')}]`),
    )
}
