import type { Formulation, Site } from '../formulation.js'
import { allOnes, type Convolution } from '../geometry.js'
import { reshape, transpose } from '../phrases.js'
import { turned } from '../turned.js'
import { epilogueIn } from './epilogue.js'
import { asImage, type ImageConvolution, isDepthwiseOnly, isInner, isPoint } from './image.js'
import { convolve, fullWeights, outerWeights } from './nchwc.js'

/** temper::ConvInputGradient(dy, w) -> dx with dy and dx in blocked layout. */

type Choice = Formulation<Convolution>

const isUsual = (c: Convolution, site: Site) =>
  isInner(c, site) && (c.group === 1 || isDepthwiseOnly(c))

/** Stride 1: dx = dy * w turned around, padded by dilation (kernel - 1) - begin. */
export const blockedFlipped: Choice = {
  name: 'blocked flipped convolution',
  column: 'blocked',
  applies: (c, site) =>
    isUsual(c, site) && allOnes(c.strides) && turnedPads(asImage(c)!).every(pad => pad >= 0),
  emit(site, convolution) {
    const c = asImage(convolution)!
    const [dy, w] = site.node.inputs
    const weights = turnedWeights(site, site.plain(w), c)
    const options = { ...turnedWindow(c), ...epilogueIn(site) }
    return [{ blocked: convolve(site, site.blocked(dy), weights, options) }]
  },
}

const turnedWindow = (c: ImageConvolution) => ({
  kernel: c.kernel,
  dilations: c.dilations,
  pads: turnedPads(c),
  group: c.group,
})

/** Pads at stride 1: what the taps reach beyond dy on either side. */
function turnedPads(c: ImageConvolution): number[] {
  const reach = c.kernel.map((size, i) => (size - 1) * c.dilations[i])
  const begins = reach.map((r, i) => r - c.begins[i])
  const rows = c.output.map((size, i) => (size - 1) * c.strides[i] + 1)
  return [...begins, ...begins.map((begin, i) => c.input[i] + reach[i] - rows[i] - begin)]
}

function turnedWeights(site: Site, w: string, c: ImageConvolution): string {
  const image = reshape(site.b, w, [c.filters, c.channels / c.group, ...c.kernel])
  const weights = turned(site.b, image, c)
  return c.group === 1 ? fullWeights(site, weights) : outerWeights(site, weights)
}

/** Taps of 1 x 1, or a channel each: zeros between the elements of dy or of the result, stride 1 then. */
export const blockedSpaced: Choice = {
  name: 'blocked convolution with zeros between',
  column: 'blocked',
  applies: (c, site) =>
    isUsual(c, site) &&
    (isPoint(c) || (isDepthwiseOnly(c) && turnedPads(asImage(c)!).every(pad => pad >= 0))),
  emit(site, convolution) {
    const c = asImage(convolution)!
    const [dy, w] = site.node.inputs
    const weights = turnedWeights(site, site.plain(w), c)
    if (isPoint(c)) {
      const small = convolve(site, site.blocked(dy), weights, { kernel: [1, 1], group: c.group })
      return [{ blocked: added(site, spaced(site, small, c.strides, c.input)) }]
    }
    const rows = c.output.map((size, i) => (size - 1) * c.strides[i] + 1)
    const wide = spaced(site, site.blocked(dy), c.strides, rows)
    const options = { ...turnedWindow(c), ...epilogueIn(site) }
    return [{ blocked: convolve(site, wide, weights, options) }]
  },
}

/** What the epilogue adds, for results that are not a convolution's own. */
function added(site: Site, x: string): string {
  const { plus } = epilogueIn(site)
  return plus ? site.b.emit('Add', [x, plus]) : x
}

/** A blocked value with its elements `strides` apart and zeros between, [batch, channel, ...size]. */
function spaced(site: Site, x: string, strides: readonly number[], size: readonly number[]) {
  const { b, options } = site
  const [batch, channels, height, width] = b.shape(x)
  const planes = (batch * channels) / options.block
  const apart = reshape(b, x, [planes, height, 1, width, 1, options.block])
  const zeros = [0, 0, strides[0] - 1, 0, strides[1] - 1, 0]
  const padded = b.emit('Pad', [apart, b.ints([0, 0, 0, 0, 0, 0, ...zeros])])
  const full = [planes, height * strides[0], width * strides[1], options.block]
  return fitted(site, reshape(b, padded, full), [batch, channels, ...size])
}

/** Planes [.., height, width, B] cut or filled up with zeros to a blocked value of the shape given. */
function fitted({ b }: Site, planes: string, shape: readonly number[]): string {
  const [, height, width] = b.shape(planes)
  const behind = [0, shape[2] - height, shape[3] - width, 0]
  if (behind.every(size => size === 0)) return reshape(b, planes, shape)
  return reshape(b, b.emit('Pad', [planes, b.ints([0, 0, 0, 0, ...behind])]), shape)
}

/**
 * Any stride s: the rows i = s a + r of dx, for each r alone, are dy under the taps k = r + begin - s d.
 * One convolution makes all s s of them as channels, and a transpose puts them between each other.
 */
export const blockedPhases: Choice = {
  name: 'blocked convolution by phases',
  column: 'blocked',
  applies: (c, site) =>
    isInner(c, site) &&
    c.group === 1 &&
    allOnes(c.dilations) &&
    c.begins.every((begin, i) => begin < c.kernel[i]),
  emit(site, convolution) {
    const { b, node, options } = site
    const c = asImage(convolution)!
    const axes = [0, 1].map(i => phaseOf(c, i))
    const weights = fullWeights(site, phaseWeights(site, site.plain(node.inputs[1]), c, axes))
    const window = {
      kernel: axes.map(axis => axis.taps),
      pads: [...axes.map(axis => axis.begin), ...axes.map(axis => axis.end)],
    }
    const phases = convolve(site, site.blocked(node.inputs[0]), weights, window)
    const [height, width] = b.shape(phases).slice(2)
    const [up, across] = c.strides
    const { block } = options
    const groups = c.channels / block
    const apart = reshape(b, phases, [c.batch, up, across, groups, height, width, block])
    const between = transpose(b, apart, [0, 3, 4, 1, 5, 2, 6])
    const whole = [c.batch * groups, height * up, width * across, block]
    const shape = [c.batch, c.channels, ...c.input]
    return [{ blocked: added(site, fitted(site, reshape(b, between, whole), shape)) }]
  },
}

interface Phase {
  /** Taps of every phase, those it lacks being zero. */
  readonly taps: number
  readonly begin: number
  readonly end: number
  /** By phase and tap: the tap of w, or `kernel` where there is none. */
  readonly index: readonly number[]
}

function phaseOf(c: ImageConvolution, i: number): Phase {
  const [kernel, stride, begin] = [c.kernel[i], c.strides[i], c.begins[i]]
  const first = Math.ceil((begin - kernel + 1) / stride)
  const taps = Math.floor((stride - 1 + begin) / stride) - first + 1
  const index = Array.from({ length: stride * taps }, (_, at) => {
    const tap = Math.floor(at / taps) + begin - stride * (first + (at % taps))
    return tap >= 0 && tap < kernel ? tap : kernel
  })
  const rows = Math.ceil(c.input[i] / stride)
  const end = Math.max(0, rows + first + taps - 1 - c.output[i])
  return { taps, begin: 0 - first, end, index }
}

/** w [filters, channels, h, w] as [stride stride channels, filters, taps, taps]. */
function phaseWeights(site: Site, w: string, c: ImageConvolution, axes: readonly Phase[]): string {
  const { b } = site
  const image = reshape(b, w, [c.filters, c.channels, ...c.kernel])
  const swapped = transpose(b, image, [1, 0, 2, 3])
  const padded = b.emit('Pad', [swapped, b.ints([0, 0, 0, 0, 0, 0, 1, 1])])
  const picked = axes.reduce(
    (from, axis, i) =>
      b.emit('Gather', [from, b.ints(axis.index)], { axis: { type: 'int', value: i + 2 } }),
    padded,
  )
  const [up, across] = c.strides
  const [high, wide] = axes.map(axis => axis.taps)
  const apart = reshape(b, picked, [c.channels, c.filters, up, high, across, wide])
  const ordered = transpose(b, apart, [2, 4, 0, 1, 3, 5])
  return reshape(b, ordered, [up * across * c.channels, c.filters, high, wide])
}
