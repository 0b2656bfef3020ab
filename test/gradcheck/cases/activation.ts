import { float, text } from '../../../src/onnx/index.js'
import type { Cases } from '../case.js'
import type { Draw } from '../draw.js'
import { unary } from './elementwise.js'

/** The attribute given by chance, so that its default is checked too. */
const sometimes = (name: string, low: number, high: number) => (draw: Draw) =>
  draw.sometimes({ [name]: float(draw.real(low, high)) })

const alpha = (low: number, high: number) => sometimes('alpha', low, high)

export const activationCases: Cases = {
  Relu: unary(-2, 2, [0]),
  LeakyRelu: unary(-2, 2, [0], alpha(-0.5, 1.5)),
  PRelu: draw => {
    const shape = draw.shape(draw.int(1, 4))
    return { inputs: [draw.reals(shape, -2, 2, [0]), draw.reals(draw.broadcastable(shape))] }
  },
  ThresholdedRelu: draw => {
    const threshold = Math.fround(draw.real(-0.5, 1.5))
    const x = draw.reals(draw.shape(draw.int(0, 4)), -2, 2, [threshold])
    return { inputs: [x], attributes: { alpha: float(threshold) } }
  },
  Elu: unary(-2, 2, [0], alpha(0.2, 2)),
  Selu: unary(-2, 2, [0], draw => ({
    ...alpha(1, 2)(draw),
    ...sometimes('gamma', 0.5, 1.5)(draw),
  })),
  Celu: unary(-2, 2, [0], alpha(0.3, 2)),
  Shrink: draw => {
    const [lambd, bias] = [draw.real(0.2, 1), draw.real(-0.5, 0.5)].map(Math.fround)
    const x = draw.reals(draw.shape(draw.int(0, 4)), -2, 2, [-lambd, lambd])
    return { inputs: [x], attributes: { lambd: float(lambd), bias: float(bias) } }
  },
  Sigmoid: unary(-4, 4),
  Tanh: unary(-3, 3),
  Softplus: unary(-4, 4),
  Softsign: unary(-3, 3, [0]),
  HardSigmoid: draw => {
    const [slope, offset] = [draw.real(0.2, 0.6), draw.real(0.3, 0.7)].map(Math.fround)
    const kinks = [-offset / slope, (1 - offset) / slope]
    const x = draw.reals(draw.shape(draw.int(0, 4)), -4, 4, kinks)
    return { inputs: [x], attributes: { alpha: float(slope), beta: float(offset) } }
  },
  HardSwish: unary(-5, 5, [-3, 3]),
  Mish: unary(-3, 3),
  Gelu: unary(-3, 3, [], draw => draw.sometimes({ approximate: text('tanh') }, 0.5)),
}
