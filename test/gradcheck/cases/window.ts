import type { Tensor } from '../../../src/base/index.js'
import { type Attributes, int, ints, text } from '../../../src/onnx/index.js'
import type { Case, CaseMaker, Cases } from '../case.js'
import type { Draw } from '../draw.js'

type Values = (draw: Draw, shape: readonly number[]) => Tensor

const anything: Values = (draw, shape) => draw.reals(shape)

/** No two elements within reach of a finite difference: the maximum stays where it is. */
const apart: Values = (draw, shape) => draw.distinct(shape)

/** Powers of absolute values have a kink at 0. */
const awayFromZero: Values = (draw, shape) => draw.reals(shape, -2, 2, [0], 0.2)

interface Options {
  values?: Values
  more?: (draw: Draw) => Attributes
  /** Highest number of spatial axes. */
  ranks?: number
}

const pool =
  ({ values = anything, more = () => ({}), ranks = 3 }: Options): CaseMaker =>
  (draw, index): Case => {
    const rank = 1 + (index % ranks)
    const axes = Array.from({ length: rank }, () => 0)
    const kernel = axes.map(() => draw.int(1, 3))
    const isSideBySide = draw.chance(0.4)
    const strides = kernel.map(size => (isSideBySide ? size : draw.int(1, 4)))
    const dilations = axes.map(() => (isSideBySide ? 1 : draw.pick(1, 1, 2)))
    const isAuto = draw.chance(0.25)
    const pads = [...kernel, ...kernel].map(size => (draw.chance(0.4) ? draw.int(0, size - 1) : 0))
    const spare = rank === 3 ? 2 : 4
    const input = kernel.map((size, i) => (size - 1) * dilations[i] + 1 + draw.int(0, spare))
    const attributes: Attributes = {
      kernel_shape: ints(kernel),
      strides: ints(strides),
      ...(isAuto
        ? { auto_pad: text(draw.pick('SAME_UPPER', 'SAME_LOWER', 'VALID')) }
        : { dilations: ints(dilations), pads: ints(pads), ceil_mode: int(+draw.chance(0.4)) }),
      ...more(draw),
    }
    const shape = [draw.int(1, 2), draw.int(1, rank === 3 ? 1 : 2), ...input]
    return { inputs: [values(draw, shape)], attributes, seeds: [0] }
  }

const globalPool =
  (values: Values, more: (draw: Draw) => Attributes = () => ({})): CaseMaker =>
  (draw, index): Case => ({
    inputs: [values(draw, [draw.int(1, 3), draw.int(1, 3), ...draw.shape(1 + (index % 3), 4)])],
    attributes: more(draw),
  })

const norm = (draw: Draw) => ({ p: int(draw.int(1, 3)) })

export const windowCases: Cases = {
  MaxPool: pool({ values: apart }),
  AveragePool: pool({ more: draw => ({ count_include_pad: int(+draw.chance()) }) }),
  LpPool: pool({ values: awayFromZero, more: norm }),
  GlobalMaxPool: globalPool(apart),
  GlobalAveragePool: globalPool(anything),
  GlobalLpPool: globalPool(awayFromZero, norm),
}
