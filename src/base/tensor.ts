import { InternalError } from './errors.js'
import { sizeOf } from './shape.js'

/** Element types, spelled as in ONNX (lower case). float16 and bfloat16 are held as their bits. */
export type DataType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'string'

export interface TensorData {
  float32: Float32Array
  float64: Float64Array
  float16: Uint16Array
  bfloat16: Uint16Array
  int8: Int8Array
  uint8: Uint8Array
  int16: Int16Array
  uint16: Uint16Array
  int32: Int32Array
  uint32: Uint32Array
  int64: BigInt64Array
  uint64: BigUint64Array
  bool: Uint8Array
  string: string[]
}

/** A typed array with a shape, row-major; it does no arithmetic. */
export interface Tensor<T extends DataType = DataType> {
  readonly dtype: T
  readonly shape: readonly number[]
  readonly data: TensorData[T]
}

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const

/** Wraps data as a tensor; throws when the length and the shape disagree. */
export function tensor<T extends DataType>(
  dtype: T,
  shape: readonly number[],
  data: TensorData[T],
): Tensor<T> {
  if (data.length !== sizeOf(shape))
    throw new InternalError(`${data.length} elements given for the shape [${shape}]`)
  return { dtype, shape, data }
}

/** Zeros (empty strings for `string`) of one type and shape. */
export function zeros<T extends DataType>(dtype: T, shape: readonly number[]): Tensor<T> {
  const length = sizeOf(shape)
  const data =
    dtype === 'string'
      ? new Array<string>(length).fill('')
      : new constructors[dtype as Exclude<DataType, 'string'>](length)
  return { dtype, shape, data: data as TensorData[T] }
}

/** Bytes one element takes; strings have none. */
export function bytesPerElement(dtype: Exclude<DataType, 'string'>): number {
  return constructors[dtype].BYTES_PER_ELEMENT
}

export function isFloat(dtype: DataType): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16' || dtype === 'bfloat16'
}

/** The elements as numbers (int64 too: exact up to 2^53). Throws on strings and 16-bit floats. */
export function toNumbers(t: Tensor): number[] {
  if (t.dtype === 'string' || t.dtype === 'float16' || t.dtype === 'bfloat16')
    throw new InternalError(`a ${t.dtype} tensor has no plain numbers`)
  return Array.from(t.data as ArrayLike<number | bigint>, Number)
}

export function int64Tensor(values: readonly number[], shape: readonly number[] = [values.length]) {
  return tensor('int64', shape, BigInt64Array.from(values, BigInt))
}

export function float32Tensor(values: ArrayLike<number>, shape: readonly number[]) {
  return tensor('float32', shape, Float32Array.from(values))
}

/** One number of rank 0. Throws for strings and 16-bit floats, which have no plain numbers. */
export function scalarTensor(value: number, dtype: DataType): Tensor {
  if (dtype === 'string' || dtype === 'float16' || dtype === 'bfloat16')
    throw new InternalError(`a ${dtype} scalar cannot be made of a number`)
  const whole = dtype === 'int64' || dtype === 'uint64'
  const data = zeros(dtype, []).data as { [index: number]: number | bigint }
  data[0] = whole ? BigInt(value) : value
  return { dtype, shape: [], data: data as unknown as TensorData[DataType] }
}
