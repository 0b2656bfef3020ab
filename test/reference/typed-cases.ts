import { float32Tensor, int64Tensor, scalarTensor, tensor } from '../../src/base/index.js'
import { dataTypeCodes, float, int, ints, text } from '../../src/onnx/index.js'
import type { Case, Cases } from '../gradcheck/case.js'
import type { Draw } from '../gradcheck/draw.js'

/** Operators the reference does not compute: their types alone are compared. */

const whole = (...values: number[]) => int64Tensor(values)
const one = (value: number) => scalarTensor(value, 'int64')
const zero8 = () => tensor('uint8', [], Uint8Array.of(0))
const scale = () => float32Tensor([0.1], [])
const bytes = (draw: Draw, shape: readonly number[]) =>
  tensor('uint8', shape, Uint8Array.from(draw.reals(shape, 0, 9).data as Float32Array))

const windowFunction = (draw: Draw): Case => ({ inputs: [one(draw.int(2, 9))] })

const attention = (draw: Draw): Case => {
  const [n, heads, length, total, width, value] = Array.from({ length: 6 }, () => draw.int(1, 4))
  if (draw.chance()) {
    const inputs = [
      draw.reals([n, heads, length, width]),
      draw.reals([n, heads, total, width]),
      draw.reals([n, heads, total, value]),
    ]
    return { inputs, outputs: 1 }
  }
  const inputs = [
    draw.reals([n, length, heads * width]),
    draw.reals([n, total, heads * width]),
    draw.reals([n, total, heads * value]),
  ]
  return { inputs, attributes: { q_num_heads: int(heads), kv_num_heads: int(heads) } }
}

const loss = (draw: Draw): Case => {
  const [n, classes, ...rest] = draw.shape(draw.int(2, 4))
  const labels = draw.indices([n, ...rest], 0, classes)
  const attributes = { reduction: text(draw.pick('none', 'mean', 'sum')) }
  return { inputs: [draw.reals([n, classes, ...rest], -2, 0), labels], attributes }
}

export const typedCases: Cases = {
  AffineGrid: draw => ({ inputs: [draw.reals([2, 2, 3]), whole(2, 3, draw.int(1, 5), 4)] }),
  Attention: attention,
  BlackmanWindow: windowFunction,
  ConvInteger: draw => ({
    inputs: [bytes(draw, [1, 2, 5, 6]), bytes(draw, [3, 2, 3, 3]), zero8()],
    attributes: draw.sometimes({ pads: ints([1, 0, 1, 2]) }),
  }),
  DFT: draw => ({
    inputs: [draw.reals([2, 8, 1]), undefined, one(1)],
    attributes: draw.sometimes({ onesided: int(1) }),
  }),
  DequantizeLinear: draw => ({ inputs: [bytes(draw, [2, 3]), scale(), zero8()] }),
  DynamicQuantizeLinear: draw => ({ inputs: [draw.reals([2, 3])], outputs: 3 }),
  GridSample: draw => ({ inputs: [draw.reals([2, 3, 4, 5]), draw.reals([2, 6, 7, 2], -1, 1)] }),
  HammingWindow: windowFunction,
  HannWindow: draw => ({
    ...windowFunction(draw),
    attributes: draw.sometimes({ output_datatype: int(dataTypeCodes.float64) }),
  }),
  MatMulInteger: draw => ({ inputs: [bytes(draw, [2, 3, 4]), bytes(draw, [4, 5])] }),
  MaxRoiPool: draw => ({
    inputs: [draw.reals([1, 2, 8, 8]), float32Tensor([0, 0, 0, 4, 4, 0, 1, 1, 6, 6], [2, 5])],
    attributes: { pooled_shape: ints([2, 3]) },
  }),
  MelWeightMatrix: draw => ({
    inputs: [
      one(draw.int(2, 8)),
      one(draw.pick(16, 32)),
      one(8000),
      float32Tensor([0], []),
      float32Tensor([4000], []),
    ],
    constants: [0, 1, 2, 3, 4],
  }),
  Multinomial: draw => ({
    inputs: [draw.reals([2, 5])],
    attributes: { sample_size: int(draw.int(1, 4)) },
  }),
  NegativeLogLikelihoodLoss: loss,
  QLinearConv: draw => ({
    inputs: [
      ...[bytes(draw, [1, 2, 5, 5]), scale(), zero8()],
      ...[bytes(draw, [4, 1, 3, 3]), scale(), zero8(), scale(), zero8()],
    ],
    attributes: { group: int(2), auto_pad: text(draw.pick('SAME_UPPER', 'VALID')) },
  }),
  QLinearMatMul: draw => ({
    inputs: [
      ...[bytes(draw, [2, 3]), scale(), zero8()],
      ...[bytes(draw, [3, 4]), scale(), zero8(), scale(), zero8()],
    ],
  }),
  QuantizeLinear: draw => ({
    inputs: [draw.reals([2, 3]), scale(), draw.pick(zero8(), undefined)],
  }),
  RandomNormal: draw => ({ inputs: [], attributes: { shape: ints(draw.shape(3)) } }),
  RandomUniformLike: draw => ({
    inputs: [draw.reals(draw.shape(3))],
    attributes: draw.sometimes({ dtype: int(dataTypeCodes.float64) }),
  }),
  RoiAlign: draw => ({
    inputs: [draw.reals([1, 2, 8, 8]), float32Tensor([0, 0, 4, 4], [1, 4]), whole(0)],
    attributes: { output_height: int(3), output_width: int(2), spatial_scale: float(0.5) },
  }),
  RotaryEmbedding: draw => {
    const [n, heads, length] = draw.shape(3)
    const half = draw.reals([n, length, 2])
    return { inputs: [draw.reals([n, heads, length, 4]), half, half] }
  },
  STFT: draw => ({
    inputs: [draw.reals([2, 32, 1]), one(draw.int(1, 6)), undefined, one(8)],
    attributes: draw.sometimes({ onesided: int(draw.int(0, 1)) }),
  }),
  SoftmaxCrossEntropyLoss: draw => ({ ...loss(draw), outputs: draw.int(1, 2) }),
}
