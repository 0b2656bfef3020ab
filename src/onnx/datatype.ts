import type { DataType } from '../base/index.js'

/** TensorProto.DataType by our name; types that are not here (4-bit, 8-bit floats, complex) stay opaque. */
export const dataTypeCodes: Readonly<Record<DataType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
}

const names = new Map(Object.entries(dataTypeCodes).map(([name, code]) => [code, name as DataType]))

/** The element type behind a TensorProto.DataType number; undefined for one Temper does not know. */
export function dataTypeOf(code: number): DataType | undefined {
  return names.get(code)
}
