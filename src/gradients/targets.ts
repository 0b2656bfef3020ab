import { expected, isFloat, sizeOf, type Tensor, tensor, UsageError } from '../base/index.js'

/**
 * Targets in the shape of the output, float32: as given, or one-hot from one class a sample.
 * Throws UsageError where they fit neither.
 */
export function readTargets(given: Tensor, shape: readonly number[]): Tensor<'float32'> {
  const values = Float32Array.from(given.data as ArrayLike<number>, Number)
  if (values.length === sizeOf(shape)) return tensor('float32', shape, values)
  const isLabels = !isFloat(given.dtype) && values.length === shape[0] && shape.length === 2
  if (!isLabels)
    throw new UsageError(
      expected(
        'gradients: targets',
        `the output's shape [${shape}], or ${shape[0]} whole numbers (classes)`,
        `${given.dtype} [${given.shape}]`,
      ),
    )
  return oneHot(values, shape)
}

function oneHot(labels: Float32Array, [rows, classes]: readonly number[]): Tensor<'float32'> {
  const data = new Float32Array(rows * classes)
  for (const [row, label] of labels.entries()) {
    if (!(label >= 0 && label < classes))
      throw new UsageError(expected('gradients: targets', `classes 0 to ${classes - 1}`, label))
    data[row * classes + label] = 1
  }
  return tensor('float32', [rows, classes], data)
}
