import { int64Tensor } from '../../../src/base/index.js'
import { int, ints } from '../../../src/onnx/index.js'
import type { CaseMaker, Cases } from '../case.js'

const grid: CaseMaker = draw => {
  const axes = draw.int(2, 3)
  const batch = draw.int(1, 2)
  const size = [batch, draw.int(1, 2), ...draw.shape(axes)]
  const attributes = { align_corners: int(draw.int(0, 1)) }
  return { inputs: [draw.reals([batch, axes, axes + 1]), int64Tensor(size)], attributes }
}

/** Two axes, with pads, strides and dilations. */
const blocks: CaseMaker = draw => {
  const [block, strides, dilations] = [
    [1, 1],
    [1, 1],
    [1, 1],
  ].map(part => part.map(() => draw.int(1, 2)))
  const pads = [0, 0, 0, 0].map(() => draw.int(0, 1))
  const extent = block.map((size, i) => (size - 1) * dilations[i] + 1)
  const image = extent.map(size => size + draw.int(0, 3))
  const counts = image.map(
    (size, i) => Math.floor((size + pads[i] + pads[i + 2] - extent[i]) / strides[i]) + 1,
  )
  const [batch, channels] = draw.shape(2, 2)
  const x = draw.reals([batch, channels * block[0] * block[1], counts[0] * counts[1]])
  const attributes = { pads: ints(pads), strides: ints(strides), dilations: ints(dilations) }
  return { inputs: [x, int64Tensor(image), int64Tensor(block)], attributes }
}

/** Places of a pool with windows side by side, one in each window; the output given larger or not. */
const unpool: CaseMaker = draw => {
  const [batch, channels, rows, columns] = draw.shape(4, 2)
  const [height, width] = [rows * 2, columns * 2]
  const places = Array.from({ length: batch * channels * rows * columns }, (_, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns) % rows]
    const plane = Math.floor(i / (rows * columns))
    const [y, x] = [row * 2 + draw.int(0, 1), column * 2 + draw.int(0, 1)]
    return plane * height * width + y * width + x
  })
  const shape = [batch, channels, rows, columns]
  const larger = int64Tensor([batch, channels, height + 1, width + 2])
  const inputs = [draw.reals(shape), int64Tensor(places, shape)]
  if (draw.chance(0.3)) inputs.push(larger as never)
  return { inputs, attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) } }
}

export const spatialCases: Cases = { AffineGrid: grid, Col2Im: blocks, MaxUnpool: unpool }
