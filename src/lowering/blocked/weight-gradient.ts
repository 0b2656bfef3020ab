import { zeros } from '../../base/index.js'
import { int } from '../../onnx/index.js'
import type { Formulation, Site } from '../formulation.js'
import { allOnes, type Convolution } from '../geometry.js'
import { concat, padSpatial, reshape, sum, transpose } from '../phrases.js'
import {
  asImage,
  type ImageConvolution,
  isDepthwiseOnly,
  isForward,
  isInner,
  isPoint,
} from './image.js'
import { convolve, nchwcDomain, planesOf } from './nchwc.js'

/** temper::ConvWeightGradient(x, dy) -> dw with dy in blocked layout. */

type Choice = Formulation<Convolution>

/** Where the last tap of the last output reads, and one more: the part of padded x that counts. */
const reachOf = (c: ImageConvolution) =>
  c.output.map((size, i) => (size - 1) * c.strides[i] + (c.kernel[i] - 1) * c.dilations[i] + 1)

/** Pads behind x that make it exactly that long; negative ones cut what no window reads. */
const endsOf = (c: ImageConvolution) =>
  reachOf(c).map((reach, i) => reach - c.input[i] - c.begins[i])

const shapeOf = (c: Convolution) => [c.filters, c.channels / c.group, ...c.kernel]

/** Samples one convolution adds up: fewer channels than a block, so that they are read as a plain image. */
const samplesTogether = (batch: number, block: number) => (batch < block ? batch : block / 2)

/**
 * Each sample's x is convolved with its dy as the filter: strides and dilations change places. Blocked
 * x [height, width B] is one plain image whose columns are (column, channel): under taps B apart, the
 * outputs of one row are (tap, channel), side by side. Blocked dy lies in memory as such a filter
 * already. Groups of samples are added up by the convolution, the groups afterwards.
 */
export const blockedInterleaved: Choice = {
  name: 'blocked convolution per sample, channels side by side',
  column: 'blocked',
  applies: (c, site) => isInner(c, site) && c.group === 1 && asImage(c)!.dilations[1] === 1,
  emit(site, convolution) {
    const { b, node, options } = site
    const { block } = options
    const c = asImage(convolution)!
    const batch = wholeBatch(c.batch, block)
    const [x, dy] = node.inputs.map(name => lengthened(site, site.blocked(name), batch))
    const [inputs, filters] = [c.channels / block, c.filters / block]
    const together = samplesTogether(batch, block)
    const groups = batch / together
    const framed = framedPlanes(site, x, c)
    const [, height, width] = b.shape(framed)
    const apart = reshape(b, framed, [batch, inputs, height, width * block])
    const image = inputs > 1 ? transpose(b, apart, [1, 0, 2, 3]) : apart
    const area = c.output[0] * c.output[1] * block
    const blocks = reshape(b, dy, [groups, together, filters, area])
    const grouped = filters > 1 ? transpose(b, blocks, [0, 2, 1, 3]) : blocks
    const kernels = reshape(b, grouped, [groups * c.filters, together, ...c.output])
    const each = convolve(
      site,
      reshape(b, image, [inputs, batch, height, width * block]),
      kernels,
      {
        kernel: c.output,
        strides: [c.dilations[0], 1],
        dilations: [c.strides[0], c.strides[1] * block],
        group: groups,
      },
    )
    const taps = c.kernel[0] * c.kernel[1]
    const total = sum(b, reshape(b, each, [inputs, groups, filters * taps * block * block]), [1])
    const split = reshape(b, total, [inputs, filters, taps, block, block])
    return [reshape(b, transpose(b, split, [1, 4, 0, 3, 2]), shapeOf(convolution))]
  },
}

/** Blocked x with its padding, as planes [batch channels / B, height, width, B]. */
function framedPlanes(site: Site, x: string, c: ImageConvolution): string {
  const planes = planesOf(site, x)
  const pads = [0, ...c.begins, 0, 0, ...endsOf(c), 0]
  return pads.every(pad => pad === 0) ? planes : site.b.emit('Pad', [planes, site.b.ints(pads)])
}

/** The same of plain x: channels become the batch, samples the groups. */
export const blockedPerSample: Choice = {
  name: 'blocked convolution per sample',
  column: 'blocked',
  applies: (c, site) => isForward(c, site) && c.group === 1,
  emit(site, convolution) {
    const { b, node, options } = site
    const c = asImage(convolution)!
    const [x, dy] = node.inputs
    const batch = wholeBatch(c.batch, options.block)
    const image = reshape(b, site.plain(x), [c.batch, c.channels, ...c.input])
    const framed = padSpatial(b, image, c.begins, endsOf(c))
    const turned = transpose(b, lengthened(site, framed, batch), [1, 0, 2, 3])
    const filters = lengthened(site, site.blocked(dy), batch)
    const kernels = reshape(b, filters, [batch * c.filters, 1, ...c.output])
    const window = { kernel: c.output, strides: c.dilations, dilations: c.strides, group: batch }
    const each = convolve(site, turned, kernels, window)
    const taps = c.kernel[0] * c.kernel[1]
    const total = sum(b, reshape(b, each, [c.channels, batch, c.filters * taps]), [1])
    const apart = reshape(b, total, [c.channels, c.filters / options.block, taps, options.block])
    return [reshape(b, transpose(b, apart, [1, 3, 0, 2]), shapeOf(convolution))]
  },
}

/** The runtime takes fewer groups than a block, or whole blocks of them. */
const wholeBatch = (batch: number, block: number) =>
  batch < block ? batch : Math.ceil(batch / block) * block

function lengthened({ b }: Site, x: string, batch: number): string {
  const [own, ...rest] = b.shape(x)
  if (own === batch) return x
  return concat(b, [x, b.constant(zeros('float32', [batch - own, ...rest]))], 0)
}

/** One channel a filter: every plane of x is convolved with its plane of dy. */
export const blockedDepthwise: Choice = {
  name: 'blocked depthwise convolution',
  column: 'blocked',
  applies: (c, site) =>
    isInner(c, site) && isDepthwiseOnly(c) && endsOf(asImage(c)!).every(end => end >= 0),
  emit(site, convolution) {
    const { b, node, options } = site
    const c = asImage(convolution)!
    const [x, dy] = node.inputs.map(name => site.blocked(name))
    const planes = c.batch * c.channels
    const image = reshape(b, x, [1, planes, ...c.input])
    const kernels = reshape(b, dy, [planes, 1, ...c.output])
    const pads = [...c.begins, ...endsOf(c)]
    const window = { kernel: c.output, strides: c.dilations, dilations: c.strides, pads }
    const each = convolve(site, image, kernels, { ...window, group: planes })
    const taps = c.kernel[0] * c.kernel[1]
    const total = sum(b, reshape(b, each, [c.batch, c.channels * taps]), [0])
    const apart = reshape(b, total, [c.channels / options.block, taps, options.block])
    return [reshape(b, transpose(b, apart, [0, 2, 1]), shapeOf(convolution))]
  },
}

/** Taps of 1 x 1: with the channels last, dw = dy^T x in one product. */
export const blockedPoint: Choice = {
  name: 'product with channels last',
  column: 'blocked',
  applies: (c, site) =>
    isInner(c, site) &&
    c.group === 1 &&
    isPoint(c) &&
    [site.node.inputs[0], site.node.inputs[1]].every(name => site.isBlocked(name)),
  emit(site, convolution) {
    const { b, node } = site
    const c = asImage(convolution)!
    const [x, dy] = node.inputs.map(name => site.blocked(name))
    const rows = (value: string) => {
      const [batch, channels, height, width] = b.shape(value)
      return reshape(b, channelsLast(site, value), [batch * height * width, channels])
    }
    const dw = b.emit('Gemm', [rows(dy), rows(picked(site, x, c))], { transA: int(1) })
    return [reshape(b, dw, shapeOf(convolution))]
  },
}

/** What the stride reads of a blocked x. */
function picked(site: Site, x: string, c: ImageConvolution): string {
  if (allOnes(c.strides)) return x
  const { b } = site
  const planes = planesOf(site, x)
  const [ends, axes] = [b.ints(c.input), b.ints([1, 2])]
  const slice = b.emit('Slice', [planes, b.ints([0, 0]), ends, axes, b.ints(c.strides)])
  return reshape(b, slice, [c.batch, c.channels, ...c.output])
}

function channelsLast({ b }: Site, x: string): string {
  const [batch, channels, height, width] = b.shape(x)
  const types = [{ dtype: b.dtype(x), shape: [batch, height, width, channels] }]
  const attributes = { channels: int(channels), channels_last: int(1) }
  return b.emit('ReorderOutput', [x], attributes, { domain: nchwcDomain, types })
}
