import type { Tensor } from '../../../src/base/index.js'
import { type Attributes, int, text } from '../../../src/onnx/index.js'
import type { CaseMaker, Cases } from '../case.js'

/** Any axis, from either end, or the default. */
const alongAxis: CaseMaker = draw => {
  const shape = draw.shape(draw.int(1, 4), 4)
  const attributes = draw.sometimes({ axis: int(draw.axis(shape.length)) }, 0.8)
  return { inputs: [draw.reals(shape, -3, 3)], attributes }
}

/** Labels with and without weights, ignored ones among them, in every reduction. */
const labelled =
  (outputs: number): CaseMaker =>
  (draw, index) => {
    const [batch, classes, ...rest] = draw.shape(draw.int(2, 4), 2).map(size => size + 1)
    const labels = draw.indices([batch, ...rest], 0, classes)
    ;(labels.data as BigInt64Array)[0] = 1n
    const ignored = draw.pick(undefined, 0, classes)
    if (ignored === classes) (labels.data as BigInt64Array)[1] = BigInt(ignored)
    const inputs: Tensor[] = [draw.reals([batch, classes, ...rest], -2, 2), labels]
    if (draw.chance()) inputs.push(draw.reals([classes], 0.3, 2))
    const attributes: Attributes = { reduction: text(['mean', 'sum', 'none'][index % 3]) }
    if (ignored !== undefined) attributes.ignore_index = int(ignored)
    return { inputs, attributes, wrt: [0], constants: draw.pick([], [1]), outputs }
  }

export const softmaxCases: Cases = {
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  NegativeLogLikelihoodLoss: labelled(1),
  SoftmaxCrossEntropyLoss: (draw, index) => labelled(draw.int(1, 2))(draw, index),
}
