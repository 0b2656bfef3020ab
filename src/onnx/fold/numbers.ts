import {
  bfloat16ToNumber,
  type DataType,
  float16ToNumber,
  numberToBfloat16,
  numberToFloat16,
  type Tensor,
  type TensorData,
  tensor,
} from '../../base/index.js'

/** The elements as doubles; 64-bit integers beyond 2^53 come rounded (see `areExact`). */
export function asNumbers({ dtype, data }: Tensor): Float64Array {
  const read =
    { float16: float16ToNumber, bfloat16: bfloat16ToNumber }[dtype as 'float16'] ?? Number
  return Float64Array.from(data as ArrayLike<number>, read)
}

/** Whether 64-bit integers survived becoming doubles. */
export function areExact(dtype: DataType, values: Float64Array): boolean {
  return (dtype !== 'int64' && dtype !== 'uint64') || values.every(Number.isSafeInteger)
}

const writers: { [D in DataType]: (values: Float64Array) => TensorData[D] } = {
  float32: values => Float32Array.from(values),
  float64: values => values,
  float16: values => Uint16Array.from(values, numberToFloat16),
  bfloat16: values => Uint16Array.from(values, numberToBfloat16),
  int8: values => Int8Array.from(values),
  uint8: values => Uint8Array.from(values),
  int16: values => Int16Array.from(values),
  uint16: values => Uint16Array.from(values),
  int32: values => Int32Array.from(values),
  uint32: values => Uint32Array.from(values),
  int64: values => BigInt64Array.from(Array.from(values, BigInt)),
  uint64: values => BigUint64Array.from(Array.from(values, BigInt)),
  bool: values => Uint8Array.from(values, Number),
  string: values => Array.from(values, String),
}

/** Doubles as a tensor; undefined where 64-bit integers would not be exact, or text is asked for. */
export function fromNumbers(
  dtype: DataType,
  shape: readonly number[],
  values: Float64Array,
): Tensor | undefined {
  if (dtype === 'string' || !areExact(dtype, values)) return undefined
  return tensor(dtype, shape, writers[dtype](values))
}
