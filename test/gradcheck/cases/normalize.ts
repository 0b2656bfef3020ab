import type { Tensor } from '../../../src/base/index.js'
import { type Attributes, float, int, ints } from '../../../src/onnx/index.js'
import type { Case, CaseMaker, Cases } from '../case.js'
import type { Draw } from '../draw.js'

const epsilon = (draw: Draw): Attributes => ({ epsilon: float(draw.pick(1e-5, 1e-3, 0.1)) })

/** [batch, channel, ...]: batch and area large enough for statistics that differ. */
const images = (draw: Draw, index: number, channels = draw.int(1, 3)) => [
  draw.int(2, 3),
  channels,
  ...draw.shape(1 + (index % 3), index % 3 === 2 ? 1 : 2).map(size => size + 1),
]

const batchNormalization: CaseMaker = (draw, index): Case => {
  const shape = index % 7 === 6 ? [draw.int(3, 5), draw.int(1, 4)] : images(draw, index)
  const channel = [shape[1]]
  const isTraining = index % 3 === 2
  return {
    inputs: [
      draw.reals(shape),
      draw.reals(channel),
      draw.reals(channel),
      draw.reals(channel),
      draw.reals(channel, 0.5, 2),
    ],
    attributes: { ...epsilon(draw), training_mode: int(+isTraining), momentum: float(0.8) },
    outputs: isTraining ? 3 : 1,
    seeds: [0],
    wrt: isTraining ? [0, 1, 2] : [0, 1, 2, 3, 4],
  }
}

/** Everything from `axis` on is normalised; scale and bias may broadcast. */
const layer =
  (hasBias: boolean): CaseMaker =>
  (draw): Case => {
    const shape = draw
      .shape(draw.int(1, 4), 4)
      .map((size, axis, all) => (axis === all.length - 1 ? size + 1 : size))
    const axis = draw.int(0, shape.length - 1)
    const scale = shape.slice(axis)
    const inputs: Tensor[] = [draw.reals(shape), draw.reals(scale)]
    if (hasBias && draw.chance(0.7)) inputs.push(draw.reals(scale))
    const given = draw.chance() ? axis : axis - shape.length
    return { inputs, attributes: { axis: int(given), ...epsilon(draw) } }
  }

export const normalizeCases: Cases = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: (draw, index): Case => {
    const shape = images(draw, index)
    const channel = [shape[1]]
    return {
      inputs: [draw.reals(shape), draw.reals(channel), draw.reals(channel)],
      attributes: epsilon(draw),
    }
  },
  GroupNormalization: (draw, index): Case => {
    const groups = draw.int(1, 3)
    const shape = images(draw, index, groups * draw.int(1, 2))
    const channel = [shape[1]]
    return {
      inputs: [draw.reals(shape), draw.reals(channel), draw.reals(channel)],
      attributes: { num_groups: int(groups), ...epsilon(draw) },
    }
  },
  LayerNormalization: layer(true),
  RMSNormalization: layer(false),
  SimplifiedLayerNormalization: layer(false),
  MeanVarianceNormalization: (draw, index): Case => {
    const shape = index % 2 ? images(draw, 1) : images(draw, index)
    const axes = index % 2 ? undefined : draw.axes(shape.length, draw.int(2, shape.length))
    return { inputs: [draw.distinct(shape)], attributes: axes ? { axes: ints(axes) } : {} }
  },
  LpNormalization: (draw): Case => {
    const shape = draw.shape(draw.int(1, 4))
    return {
      inputs: [draw.reals(shape, -2, 2, [0], 0.2)],
      attributes: { axis: int(draw.axis(shape.length)), p: int(draw.int(1, 2)) },
    }
  },
  LRN: (draw): Case => ({
    inputs: [draw.reals(images(draw, 1, draw.int(1, 5)))],
    attributes: {
      size: int(draw.pick(1, 3, 5)),
      alpha: float(draw.real(0.1, 1)),
      beta: float(draw.pick(0.75, 0.5, 2)),
      bias: float(draw.real(0.5, 2)),
    },
  }),
  'com.microsoft.SkipLayerNormalization': (draw, index): Case => {
    const [batch, length, width] = [draw.int(1, 3), draw.int(1, 3), draw.int(2, 5)]
    const [wide, own] = [[batch, length, width], [width]]
    const inputs: (Tensor | undefined)[] = [draw.reals(wide), draw.reals(wide), draw.reals(own)]
    if (index % 3) inputs.push(draw.chance(0.7) ? draw.reals(own) : undefined)
    if (index % 3 === 2) inputs.push(draw.reals(own))
    const seeds = index % 2 ? [0] : [0, 3]
    return { inputs, attributes: epsilon(draw), outputs: 4, seeds }
  },
}
