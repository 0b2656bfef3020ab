import { int64Tensor, scalarTensor } from '../../../src/base/index.js'
import { int } from '../../../src/onnx/index.js'
import type { Cases } from '../case.js'

export const sortCases: Cases = {
  TopK: draw => {
    const shape = draw.shape(draw.int(1, 3), 5)
    const axis = draw.axis(shape.length)
    const k = draw.int(1, shape.at(axis)!)
    const attributes = { axis: int(axis), largest: int(draw.int(0, 1)), sorted: int(1) }
    return { inputs: [draw.distinct(shape), int64Tensor([k])], attributes, outputs: 2 }
  },
  CumSum: draw => {
    const shape = draw.shape(draw.int(1, 4))
    const axis = scalarTensor(draw.axis(shape.length), draw.pick('int64', 'int32'))
    const attributes = { reverse: int(draw.int(0, 1)), exclusive: int(draw.int(0, 1)) }
    return { inputs: [draw.reals(shape), axis], attributes }
  },
}
