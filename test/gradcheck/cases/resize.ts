import { float32Tensor, int64Tensor, type Tensor } from '../../../src/base/index.js'
import { type Attributes, int, ints, text } from '../../../src/onnx/index.js'
import type { Case, Cases } from '../case.js'
import type { Draw } from '../draw.js'

const transformations = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_crop_and_resize',
] as const

/** By sizes or scales, for all axes or some; whole factors too, which have a way of their own. */
export const resizeCases: Cases = {
  Resize: (draw, index): Case => {
    const mode = draw.pick('nearest', 'linear', 'cubic')
    const rank = mode === 'cubic' ? 4 : draw.int(3, mode === 'linear' ? 4 : 5)
    const shape = [draw.int(1, 2), draw.int(1, 2), ...draw.shape(rank - 2, 4).map(size => size + 1)]
    const transformation = draw.pick(...transformations)
    const isCrop = transformation === 'tf_crop_and_resize'
    const bySizes = isCrop || draw.chance()
    const isWhole = index % 4 === 0
    const target = shape.slice(2).map(size => (isWhole ? size * draw.int(1, 3) : draw.int(1, 7)))
    const isSubset = draw.chance(0.3) && !isCrop
    const extents = bySizes ? target : target.map((size, i) => size / shape[i + 2])
    const values = isSubset ? extents : [...(bySizes ? shape.slice(0, 2) : [1, 1]), ...extents]
    const attributes: Attributes = {
      mode: text(mode),
      coordinate_transformation_mode: text(transformation),
      nearest_mode: text(draw.pick('round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil')),
      ...(isSubset ? { axes: ints(shape.slice(2).map((_, i) => i + 2)) } : {}),
      ...(mode === 'cubic' ? { exclude_outside: int(+draw.chance()) } : {}),
    }
    const given = bySizes ? int64Tensor(values) : float32Tensor(values, [values.length])
    const inputs: (Tensor | undefined)[] = [
      draw.reals(shape),
      isCrop ? crop(draw, rank) : undefined,
      ...(bySizes ? [undefined, given] : [given]),
    ]
    return { inputs, attributes, wrt: [0], constants: [1, 2, 3] }
  },
}

/** A box within the picture for the spatial axes. */
function crop(draw: Draw, rank: number): Tensor {
  const edge = (low: number, high: number) =>
    Array.from({ length: rank }, (_, axis) => (axis < 2 ? +(low > 0.5) : draw.real(low, high)))
  return float32Tensor([...edge(0, 0.3), ...edge(0.7, 1)], [2 * rank])
}
