import type { Site } from '../formulation.js'
import { allOnes, type Convolution, isDepthwise } from '../geometry.js'
import { canConvolve } from './nchwc.js'

/** A convolution over two axes; a series has height 1. */
export interface ImageConvolution extends Convolution {
  /** [top, left, bottom, right] */
  readonly pads: readonly number[]
}

/** The same convolution over [height, width]; undefined for other ranks. */
export function asImage(c: Convolution): ImageConvolution | undefined {
  if (c.kernel.length > 2) return undefined
  const wide = (values: readonly number[], otherwise: number) =>
    values.length === 2 ? values : [otherwise, ...values]
  const [begins, ends] = [wide(c.begins, 0), wide(c.ends, 0)]
  return {
    ...c,
    kernel: wide(c.kernel, 1),
    strides: wide(c.strides, 1),
    dilations: wide(c.dilations, 1),
    input: wide(c.input, 1),
    output: wide(c.output, 1),
    begins,
    ends,
    pads: [...begins, ...ends],
  }
}

const isWhole = ({ options }: Site, count: number) => count % options.block === 0

/** Whether y is blocked: whole blocks of filters, and x either blocked or of few channels. */
export const isForward = (c: Convolution, site: Site): boolean =>
  c.kernel.length <= 2 &&
  site.b.dtype(site.node.inputs[0]) === 'float32' &&
  canConvolve(site.options.block, c.channels, c.filters, c.group) &&
  (c.group === 1 || isDepthwiseOnly(c) || isWhole(site, c.channels / c.group))

/** One filter a channel. */
export const isDepthwiseOnly = (c: Convolution) => isDepthwise(c) && c.filters === c.channels

/** Whether both x and y fill whole blocks. */
export const isInner = (c: Convolution, site: Site): boolean =>
  isForward(c, site) && isWhole(site, c.channels)

export const isPoint = (c: Convolution) =>
  allOnes(c.kernel) && [...c.begins, ...c.ends].every(pad => pad === 0)
