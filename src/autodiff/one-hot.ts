import { type DataType, type Tensor, tensor } from '../base/index.js'
import { type Builder, int } from '../onnx/index.js'

/** 1 at each index along a new axis of size `depth`, 0 elsewhere; as numbers of one type. */
export function oneHot(
  b: Builder,
  indices: string,
  depth: number,
  axis: number,
  dtype: DataType,
): string {
  const values = b.constant(offAndOn(dtype), 'off_on')
  return b.emit('OneHot', [indices, b.ints([depth]), values], { axis: int(axis) })
}

function offAndOn(dtype: DataType): Tensor {
  return dtype === 'float64'
    ? tensor('float64', [2], Float64Array.of(0, 1))
    : tensor('float32', [2], Float32Array.of(0, 1))
}
