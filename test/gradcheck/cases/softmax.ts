import { int } from '../../../src/onnx/index.js'
import type { CaseMaker, Cases } from '../case.js'

/** Any axis, from either end, or the default. */
const alongAxis: CaseMaker = draw => {
  const shape = draw.shape(draw.int(1, 4), 4)
  const attributes = draw.sometimes({ axis: int(draw.axis(shape.length)) }, 0.8)
  return { inputs: [draw.reals(shape, -3, 3)], attributes }
}

export const softmaxCases: Cases = {
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
}
