import type { DataType } from '../../base/index.js'
import { each, type InferRule, type InferRules, type Site, show } from './site.js'

/** A window sliding over the spatial axes, every attribute filled in. */
export interface Window {
  kernel: number[]
  strides: number[]
  dilations: number[]
  /** Pads before each spatial axis, then after each. */
  pads: number[]
  /** Output sizes. */
  output: number[]
}

function listed(site: Site, name: string, count: number, otherwise: number): number[] {
  const values = site.ints(name, new Array<number>(count).fill(otherwise))
  if (values.length !== count) site.fail(`${count} values in ${name}`, show(values))
  return values
}

/** SAME_UPPER and SAME_LOWER: output = ceil(input / stride), the odd pixel after or before. */
function samePads(site: Site, input: readonly number[], window: Omit<Window, 'pads' | 'output'>) {
  const upper = site.text('auto_pad', 'NOTSET') === 'SAME_UPPER'
  const output = input.map((size, i) => Math.ceil(size / window.strides[i]))
  const total = input.map((size, i) => {
    const extent = (window.kernel[i] - 1) * window.dilations[i] + 1
    return Math.max(0, (output[i] - 1) * window.strides[i] + extent - size)
  })
  const small = total.map(pad => Math.floor(pad / 2))
  const large = total.map((pad, i) => pad - small[i])
  return { output, pads: upper ? [...small, ...large] : [...large, ...small] }
}

/** ceil_mode never lets a window start in the padding after the input. */
function outputSize(span: number, stride: number, limit: number, ceil: boolean): number {
  if (!ceil) return Math.floor(span / stride) + 1
  const size = Math.ceil(span / stride) + 1
  return (size - 1) * stride >= limit ? size - 1 : size
}

/** The window of a Conv or pooling node over spatial sizes `input`. */
export function windowOf(site: Site, input: readonly number[], kernel: readonly number[]): Window {
  const rank = input.length
  const strides = listed(site, 'strides', rank, 1)
  const dilations = listed(site, 'dilations', rank, 1)
  const shared = { kernel: [...kernel], strides, dilations }
  const mode = site.text('auto_pad', 'NOTSET')
  if (!['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER', ''].includes(mode))
    site.fail('auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER', mode)
  if (mode.startsWith('SAME')) return { ...shared, ...samePads(site, input, shared) }
  const pads = mode === 'VALID' ? Array(2 * rank).fill(0) : listed(site, 'pads', 2 * rank, 0)
  const ceil = site.int('ceil_mode', 0) === 1
  const output = input.map((size, i) => {
    const span = size + pads[i] + pads[i + rank] - ((kernel[i] - 1) * dilations[i] + 1)
    if (span < 0) site.fail(`a window that fits into size ${size} with its pads`, kernel[i])
    return outputSize(span, strides[i], size + pads[i], ceil)
  })
  return { ...shared, pads, output }
}

function kernelShape(site: Site, from: readonly number[]): number[] {
  const kernel = site.ints('kernel_shape', [...from])
  if (kernel.join() !== from.join())
    site.fail(`kernel_shape ${show(from)}, as the weights have`, show(kernel))
  return kernel
}

/** The window of a Conv node with data `[batch, channel, ...]` and weights `[out, in / group, ...]`. */
export function convWindow(site: Site, data = 0, weights = 1): Window {
  const x = site.ranked(data, 3, Infinity)
  const w = site.ranked(weights, x.length)
  const group = site.int('group', 1)
  if (w[1] * group !== x[1] || w[0] % group)
    site.fail(`weights for ${x[1]} channels in ${group} groups`, `shape ${show(w)}`)
  return windowOf(site, x.slice(2), kernelShape(site, w.slice(2)))
}

const conv =
  (dtype: (site: Site) => DataType, weights = 1): InferRule =>
  site => {
    const { output } = convWindow(site, 0, weights)
    const out = site.shape(weights)[0]
    return [{ dtype: dtype(site), shape: [site.shape(0)[0], out, ...output] }]
  }

const plainConv: InferRule = site => {
  if (site.has(2) && site.shape(2).join() !== `${site.shape(1)[0]}`)
    site.fail(`a bias of shape [${site.shape(1)[0]}]`, show(site.shape(2)))
  return conv(s => s.commonType())(site)
}

/** The window of a ConvTranspose node; `pads` may be negative where output_shape asks for more. */
export function convTransposeWindow(site: Site): Window & { outputPadding: number[] } {
  const x = site.ranked(0, 3, Infinity)
  const w = site.ranked(1, x.length)
  if (w[0] !== x[1]) site.fail(`weights for ${x[1]} input channels`, `shape ${show(w)}`)
  const [input, rank] = [x.slice(2), x.length - 2]
  const kernel = kernelShape(site, w.slice(2))
  const strides = listed(site, 'strides', rank, 1)
  const dilations = listed(site, 'dilations', rank, 1)
  const outputPadding = listed(site, 'output_padding', rank, 0)
  const full = input.map(
    (n, i) => strides[i] * (n - 1) + outputPadding[i] + (kernel[i] - 1) * dilations[i] + 1,
  )
  const { output, pads } = transposeOutput(site, input, strides, full)
  return { kernel, strides, dilations, outputPadding, output, pads }
}

function transposeOutput(site: Site, input: number[], strides: number[], full: number[]) {
  const rank = input.length
  const mode = site.text('auto_pad', 'NOTSET')
  const asked = site.ints('output_shape', undefined)?.slice(-rank)
  const output =
    asked ?? (mode.startsWith('SAME') ? input.map((n, i) => n * strides[i]) : undefined)
  if (!output) {
    const pads = mode === 'VALID' ? Array(2 * rank).fill(0) : listed(site, 'pads', 2 * rank, 0)
    return { pads, output: full.map((size, i) => size - pads[i] - pads[i + rank]) }
  }
  // The specification swaps the odd pixel here: SAME_UPPER puts the larger half first.
  const total = full.map((size, i) => Math.max(0, size - output[i]))
  const small = total.map(pad => Math.floor(pad / 2))
  const large = total.map((pad, i) => pad - small[i])
  return { output, pads: mode === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small] }
}

const convTranspose: InferRule = site => {
  const { output } = convTransposeWindow(site)
  const channels = site.shape(1)[1] * site.int('group', 1)
  return [{ dtype: site.commonType(), shape: [site.shape(0)[0], channels, ...output] }]
}

/** The window of a pooling node. */
export function poolWindow(site: Site): Window {
  const spatial = site.ranked(0, 3, Infinity).slice(2)
  const kernel = site.ints('kernel_shape', undefined) ?? site.fail('a kernel_shape', 'none')
  if (kernel.length !== spatial.length)
    site.fail(`${spatial.length} values in kernel_shape`, show(kernel))
  return windowOf(site, spatial, kernel)
}

const pool: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const pooled = [...shape.slice(0, 2), ...poolWindow(site).output]
  return [
    { dtype, shape: pooled },
    { dtype: 'int64', shape: pooled },
  ]
}

const globalPool: InferRule = site => {
  const shape = site.ranked(0, 3, Infinity)
  return [{ dtype: site.dtype(0), shape: shape.map((size, axis) => (axis < 2 ? size : 1)) }]
}

/** The inverse of a pool's size, unless input 2 gives the output's shape. */
const maxUnpool: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const given = site.numbers(2, 'output_shape')
  if (given) return [{ dtype, shape: given }]
  const rank = shape.length - 2
  const kernel = site.ints('kernel_shape', undefined) ?? site.fail('a kernel_shape', 'none')
  const strides = listed(site, 'strides', rank, 1)
  const pads = listed(site, 'pads', 2 * rank, 0)
  const output = shape
    .slice(2)
    .map((size, i) => (size - 1) * strides[i] + kernel[i] - pads[i] - pads[i + rank])
  return [{ dtype, shape: [...shape.slice(0, 2), ...output] }]
}

const maxRoiPool: InferRule = site => {
  const pooled = site.ints('pooled_shape', [])
  return [{ dtype: site.dtype(0), shape: [site.shape(1)[0], site.ranked(0, 4)[1], ...pooled] }]
}

const roiAlign: InferRule = site => {
  const [rows, channels] = [site.ranked(1, 2)[0], site.ranked(0, 4)[1]]
  const size = [site.int('output_height', 1), site.int('output_width', 1)]
  return [{ dtype: site.dtype(0), shape: [rows, channels, ...size] }]
}

const gridSample: InferRule = site => {
  const x = site.ranked(0, 3, Infinity)
  const grid = site.ranked(1, x.length)
  return [{ dtype: site.dtype(0), shape: [...x.slice(0, 2), ...grid.slice(1, -1)] }]
}

const affineGrid: InferRule = site => {
  const size = site.numbers(1, 'size') ?? site.fail('a size', 'none')
  return [{ dtype: site.dtype(0), shape: [size[0], ...size.slice(2), size.length - 2] }]
}

const col2Im: InferRule = site => {
  const [batch, columns] = site.ranked(0, 3)
  const image = site.numbers(1, 'image_shape') ?? site.fail('an image_shape', 'none')
  const block = site.numbers(2, 'block_shape') ?? site.fail('a block_shape', 'none')
  const channels = columns / block.reduce((a, b) => a * b, 1)
  if (!Number.isInteger(channels)) site.fail(`rows divisible by the block ${show(block)}`, columns)
  return [{ dtype: site.dtype(0), shape: [batch, channels, ...image] }]
}

export const windowRules: InferRules = {
  ...each(pool, 'AveragePool LpPool MaxPool'),
  ...each(globalPool, 'GlobalAveragePool GlobalLpPool GlobalMaxPool'),
  AffineGrid: affineGrid,
  Col2Im: col2Im,
  Conv: plainConv,
  ConvInteger: conv(() => 'int32'),
  ConvTranspose: convTranspose,
  DeformConv: conv(site => site.dtype(0)),
  GridSample: gridSample,
  MaxRoiPool: maxRoiPool,
  MaxUnpool: maxUnpool,
  QLinearConv: conv(site => site.dtype(7), 3),
  RoiAlign: roiAlign,
}
