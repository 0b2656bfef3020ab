import { InternalError } from '../base/index.js'
import { intOf, intsOf } from '../onnx/index.js'
import type { Site } from './formulation.js'

/** A window that slides over spatial axes; tap k of output p reads input p stride + k dilation - begin. */
export interface Sliding {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Zeros before and behind each axis; behind it may lie more input than any window reads. */
  readonly begins: readonly number[]
  readonly ends: readonly number[]
}

/** The shapes of a convolution y = x * w: x [batch, channels, ...input], y [batch, filters, ...output]. */
export interface Convolution extends Sliding {
  readonly batch: number
  readonly channels: number
  readonly filters: number
  readonly group: number
  readonly input: readonly number[]
  readonly output: readonly number[]
}

/** Reads a private node's explicit `kernel_shape`, `strides`, `dilations` and `pads`. */
export function slidingOf({ node }: Site): Sliding {
  const read = (name: string) => {
    const values = intsOf(node, name, undefined)
    if (!values) throw new InternalError(`${node.op} lacks ${name}`)
    return values
  }
  const [kernel, pads] = [read('kernel_shape'), read('pads')]
  return {
    kernel,
    strides: read('strides'),
    dilations: read('dilations'),
    begins: pads.slice(0, kernel.length),
    ends: pads.slice(kernel.length),
  }
}

/** The convolution a gradient belongs to, from the shapes of its x and y. */
export function convolutionOf(site: Site, x: readonly number[], y: readonly number[]): Convolution {
  return {
    ...slidingOf(site),
    group: intOf(site.node, 'group', 1),
    batch: x[0],
    channels: x[1],
    filters: y[1],
    input: x.slice(2),
    output: y.slice(2),
  }
}

/** Taps of one filter. */
export const taps = ({ kernel }: Sliding) => kernel.reduce((a, b) => a * b, 1)

/** Where tap `offset` reads for the first output, counted from the first real input. */
export const startOf = ({ begins, dilations }: Sliding, offset: readonly number[]) =>
  offset.map((k, i) => k * dilations[i] - begins[i])

export const isDepthwise = ({ group, channels }: Convolution) => group > 1 && group === channels

export const allOnes = (values: readonly number[]) => values.every(v => v === 1)
