import { InternalError } from '../../base/index.js'
import { type Attributes, floats, int, ints, text } from '../../onnx/index.js'
import type { Site } from '../formulation.js'
import { reshape, transpose } from '../phrases.js'

/**
 * The runtime's own operators on blocked layouts, with weights that are computed. They are meant
 * for its optimizer alone and check little: a convolution whose filters do not fill whole blocks
 * ends the process. Everything goes through `convolve`, which refuses those.
 */
export const nchwcDomain = 'com.microsoft.nchwc'

/** A window over two axes, [height, width]; pads are [top, left, bottom, right]. */
export interface Window {
  readonly kernel: readonly number[]
  readonly strides?: readonly number[]
  readonly dilations?: readonly number[]
  readonly pads?: readonly number[]
}

export interface ConvolveOptions extends Window {
  readonly group?: number
  readonly bias?: string
  /** A blocked value of the output's shape that is added. */
  readonly plus?: string
  readonly relu?: boolean
  /** The result, which is never above 0, becomes 1 where it is 0, and 0 below. */
  readonly isZero?: boolean
}

const outputOf = (size: number, i: number, w: Window): number => {
  const { strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0] } = w
  const span = size + pads[i] + pads[i + 2] - (w.kernel[i] - 1) * dilations[i] - 1
  return Math.floor(span / strides[i]) + 1
}

const windowAttributes = (w: Window): Attributes => ({
  kernel_shape: ints(w.kernel),
  strides: ints(w.strides ?? [1, 1]),
  dilations: ints(w.dilations ?? [1, 1]),
  pads: ints(w.pads ?? [0, 0, 0, 0]),
})

/** Whether the runtime can convolve these channels: otherwise it fails, or ends the process. */
export function canConvolve(block: number, channels: number, filters: number, group = 1): boolean {
  const isWhole = (count: number) => count % block === 0
  if (channels % group || filters % group) return false
  if (group > 1 && channels === group && filters === group) return isWhole(group)
  const isInput = channels < block ? group === 1 || channels === group : isWhole(channels)
  const per = channels / group
  return isInput && (per < block || isWhole(per)) && isWhole(filters / group)
}

/** x (blocked; plain where it has fewer channels than a block) * w, w in the layout of its kind. */
export function convolve(site: Site, x: string, w: string, options: ConvolveOptions): string {
  const { b, options: lowering } = site
  const { group = 1, bias = '', plus } = options
  const [batch, channels, ...size] = b.shape(x)
  const [filters] = b.shape(w)
  if (!canConvolve(lowering.block, channels, filters, group))
    throw new InternalError(
      `${channels} channels to ${filters} in ${group} groups do not fill blocks of ${lowering.block}`,
    )
  const shape = [batch, filters, ...size.map((s, i) => outputOf(s, i, options))]
  const inputs = plus ? [x, w, bias, plus] : bias ? [x, w, bias] : [x, w]
  const attributes = {
    ...windowAttributes(options),
    group: int(group),
    ...activationOf(options),
  }
  const types = [{ dtype: b.dtype(x), shape }]
  return b.emit('Conv', inputs, attributes, { domain: nchwcDomain, types })
}

function activationOf({ relu, isZero }: ConvolveOptions): Attributes {
  if (relu) return { activation: text('Relu') }
  if (isZero) return { activation: text('HardSigmoid'), activation_params: floats([3e38, 1]) }
  return {}
}

/** MaxPool or AveragePool of a blocked value. */
export function pool({ b }: Site, op: 'MaxPool' | 'AveragePool', x: string, w: Window): string {
  const [batch, channels, ...size] = b.shape(x)
  const shape = [batch, channels, ...size.map((s, i) => outputOf(s, i, w))]
  const types = [{ dtype: b.dtype(x), shape }]
  return b.emit(op, [x], windowAttributes(w), { domain: nchwcDomain, types })
}

/** The sum over each plane: [batch, channels]. */
export function planeSums(site: Site, x: string): string {
  const { b } = site
  const [batch, channels, height, width] = b.shape(x)
  const types = [{ dtype: b.dtype(x), shape: [batch, channels, 1, 1] }]
  const mean = b.emit('GlobalAveragePool', [x], {}, { domain: nchwcDomain, types })
  const flat = reshape(b, mean, [batch, channels])
  return b.emit('Mul', [flat, b.scalar(height * width)])
}

/** The sum over each plane of the product of two blocked values: [batch, channels], in one pass. */
export function planeProducts(site: Site, x: string, z: string): string {
  const { b } = site
  const [batch, channels, height, width] = b.shape(x)
  const planes = batch * channels
  const image = reshape(b, x, [1, planes, height, width])
  const kernels = reshape(b, z, [planes, 1, height, width])
  const options = { kernel: [height, width], group: planes }
  return reshape(b, convolve(site, image, kernels, options), [batch, channels])
}

/** scale x + shift, a value of each a channel. */
export function scaleShift(
  site: Site,
  x: string,
  scale: string,
  options: { shift?: string } & Pick<ConvolveOptions, 'plus' | 'relu' | 'isZero'>,
): string {
  const channels = site.b.shape(x)[1]
  const weights = reshape(site.b, scale, [channels, 1, 1, 1])
  const { shift, plus, relu, isZero } = options
  const window = { kernel: [1, 1], group: channels }
  return convolve(site, x, weights, { ...window, bias: shift, plus, relu, isZero })
}

/** w [filters, channels, height, width] for a blocked x: [filters / B, channels / B, h, w, B, B]. */
export function fullWeights({ b, options }: Site, w: string): string {
  const [filters, channels, height, width] = b.shape(w)
  const { block } = options
  const apart = [filters / block, block, channels / block, block, height, width]
  return reshape(b, transpose(b, reshape(b, w, apart), [0, 2, 4, 5, 3, 1]), b.shape(w))
}

/** The same for a plain x of few channels, or one channel a filter: [filters / B, channels, h, w, B]. */
export function outerWeights({ b, options }: Site, w: string): string {
  const [filters, channels, height, width] = b.shape(w)
  const { block } = options
  const apart = [filters / block, block, channels, height, width]
  return reshape(b, transpose(b, reshape(b, w, apart), [0, 2, 3, 4, 1]), b.shape(w))
}

/** A blocked value as the memory it is: [batch channels / B, height, width, B]. */
export function planesOf({ b, options }: Site, x: string): string {
  const [batch, channels, height, width] = b.shape(x)
  return reshape(b, x, [(batch * channels) / options.block, height, width, options.block])
}

/** One number for every channel. */
export function eachChannel({ b }: Site, channels: number, value: number): string {
  return b.constant({
    dtype: 'float32',
    shape: [channels],
    data: new Float32Array(channels).fill(value),
  })
}
