import type { Tensor } from '../../../src/base/index.js'
import { type Attributes, int, ints, text } from '../../../src/onnx/index.js'
import type { Case, Cases } from '../case.js'
import type { Draw } from '../draw.js'

/** Window attributes for one to three spatial axes; some left to their defaults. */
function drawWindow(draw: Draw, rank: number) {
  const axes = Array.from({ length: rank }, () => 0)
  const kernel = axes.map(() => draw.int(1, rank === 3 ? 2 : 3))
  const strides = axes.map(() => draw.pick(1, 1, 2, 3))
  const dilations = kernel.map(size => (size === 3 ? 1 : draw.pick(1, 1, 2)))
  const pads = [...kernel, ...kernel].map(size => (draw.chance() ? draw.int(0, size - 1) : 0))
  const extent = kernel.map((size, i) => (size - 1) * dilations[i] + 1)
  return { kernel, strides, dilations, pads, extent }
}

const optional = (values: Record<string, number[]>, otherwise: number): Attributes =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value.some(v => v !== otherwise))
      .map(([name, value]) => [name, ints(value)]),
  )

/** Batch and channel counts, small where there are three spatial axes. */
function drawChannels(draw: Draw, rank: number) {
  const group = draw.pick(1, 1, 2)
  const most = rank === 1 ? 3 : 2
  return { group, batch: draw.int(1, 2), perIn: draw.int(1, most), perOut: draw.int(1, most) }
}

const conv = (draw: Draw, index: number): Case => {
  const rank = 1 + (index % 3)
  const w = drawWindow(draw, rank)
  const { group, batch, perIn, perOut } = drawChannels(draw, rank)
  const isAuto = draw.chance(0.3)
  const spare = [4, 2, 1][rank - 1]
  const input = w.extent.map(size => size + draw.int(0, spare))
  const inputs: Tensor[] = [
    draw.reals([batch, group * perIn, ...input]),
    draw.reals([group * perOut, perIn, ...w.kernel]),
  ]
  if (draw.chance(0.7)) inputs.push(draw.reals([group * perOut]))
  const attributes: Attributes = {
    ...optional({ strides: w.strides, dilations: isAuto ? [] : w.dilations }, 1),
    ...(isAuto ? {} : optional({ pads: w.pads }, 0)),
    ...(isAuto ? { auto_pad: text(draw.pick('SAME_UPPER', 'SAME_LOWER', 'VALID')) } : {}),
    ...(draw.chance() ? { kernel_shape: ints(w.kernel) } : {}),
    group: int(group),
  }
  return { inputs, attributes }
}

const convTranspose = (draw: Draw, index: number): Case => {
  const rank = 1 + (index % 3)
  const w = drawWindow(draw, rank)
  const { group, batch, perIn, perOut } = drawChannels(draw, rank)
  const input = w.kernel.map(() => draw.int(1, rank === 3 ? 2 : 4))
  const padding = w.strides.map((stride, i) => draw.int(0, Math.max(stride, w.dilations[i]) - 1))
  const full = input.map((size, i) => (size - 1) * w.strides[i] + w.extent[i] + padding[i])
  const fits = full.every((size, i) => size - w.pads[i] - w.pads[i + rank] > 0)
  const asked = draw.chance(0.2)
  const inputs: Tensor[] = [
    draw.reals([batch, group * perIn, ...input]),
    draw.reals([group * perIn, perOut, ...w.kernel]),
  ]
  if (draw.chance(0.7)) inputs.push(draw.reals([group * perOut]))
  const attributes: Attributes = {
    ...optional({ strides: w.strides, dilations: w.dilations }, 1),
    ...optional({ output_padding: padding, ...(fits && !asked ? { pads: w.pads } : {}) }, 0),
    ...(asked ? { output_shape: ints(full.map(size => draw.int(1, size))) } : {}),
    group: int(group),
  }
  return { inputs, attributes }
}

export const convolutionCases: Cases = {
  Conv: conv,
  ConvTranspose: convTranspose,
}
