import { sizeOf } from '../../base/index.js'
import { dataTypeOf } from '../datatype.js'
import { type InferRule, type InferRules, type Site, UndeterminedError } from './site.js'

const shapeOf: InferRule = site => {
  const rank = site.shape(0).length
  const bound = (value: number) => Math.min(Math.max(value < 0 ? value + rank : value, 0), rank)
  const length = bound(site.int('end', rank)) - bound(site.int('start', 0))
  return [{ dtype: 'int64', shape: [Math.max(0, length)] }]
}

const size: InferRule = site => {
  site.type(0)
  return [{ dtype: 'int64', shape: [] }]
}

const constant: InferRule = site => {
  const { value, value_int, value_float, value_ints, value_floats, value_string, value_strings } =
    site.node.attributes
  if (value?.type === 'tensor') return [{ dtype: value.value.dtype, shape: value.value.shape }]
  if (value_int) return [{ dtype: 'int64', shape: [] }]
  if (value_float) return [{ dtype: 'float32', shape: [] }]
  if (value_string) return [{ dtype: 'string', shape: [] }]
  if (value_ints?.type === 'ints') return [{ dtype: 'int64', shape: [value_ints.value.length] }]
  if (value_floats?.type === 'floats')
    return [{ dtype: 'float32', shape: [value_floats.value.length] }]
  if (value_strings?.type === 'strings')
    return [{ dtype: 'string', shape: [value_strings.value.length] }]
  return site.fail('a dense value', 'none Temper reads')
}

const constantOfShape: InferRule = site => {
  const shape = site.numbers(0, 'shape') ?? site.fail('a shape', 'none')
  const value = site.attribute('value')
  return [{ dtype: value?.type === 'tensor' ? value.value.dtype : 'float32', shape }]
}

const range: InferRule = site => {
  const [start] = site.numbers(0, 'start') ?? []
  const [limit] = site.numbers(1, 'limit') ?? []
  const [delta] = site.numbers(2, 'delta') ?? []
  const length = Math.max(0, Math.ceil((limit - start) / delta))
  return [{ dtype: site.commonType(), shape: [length] }]
}

const oneHot: InferRule = site => {
  const indices = site.shape(0)
  const depth = site.numbers(1, 'depth')?.[0] ?? site.fail('a depth', 'none')
  const axis = site.axis(site.int('axis', -1), indices.length + 1)
  return [
    { dtype: site.dtype(2), shape: [...indices.slice(0, axis), depth, ...indices.slice(axis)] },
  ]
}

/** Rows of indices, one a non-zero element: known only for a constant. */
const nonZero: InferRule = site => {
  const value = site.constant(0, 'values')
  const count = value ? [...value.data].filter(x => Number(x) !== 0).length : 0
  return [{ dtype: 'int64', shape: [site.shape(0).length, count] }]
}

const unforeseeable: InferRule = (site: Site) => {
  throw new UndeterminedError(
    `${site.where}: its output's shape depends on the values it is given, so it cannot be known before a run.`,
  )
}

/** Window functions: a vector of constant length. */
const windowFunction: InferRule = site => {
  const length = site.numbers(0, 'size')?.[0] ?? site.fail('a size', 'none')
  const dtype = dataTypeOf(site.int('output_datatype', 1)) ?? 'float32'
  return [{ dtype, shape: [length] }]
}

const melWeightMatrix: InferRule = site => {
  const bins = site.numbers(0, 'num_mel_bins')?.[0] ?? 0
  const length = site.numbers(1, 'dft_length')?.[0] ?? 0
  const dtype = dataTypeOf(site.int('output_datatype', 1)) ?? 'float32'
  return [{ dtype, shape: [Math.floor(length / 2) + 1, bins] }]
}

const dft: InferRule = site => {
  const { dtype, shape } = site.type(0)
  const axis = site.axis(site.numbers(2, 'axis')?.[0] ?? site.int('axis', -2), shape.length)
  const length = site.numbers(1, 'dft_length')?.[0] ?? shape[axis]
  const bins = site.int('onesided', 0) ? Math.floor(length / 2) + 1 : length
  return [
    { dtype, shape: shape.map((s, a) => (a === shape.length - 1 ? 2 : a === axis ? bins : s)) },
  ]
}

/** Frames of a signal `[batch, length(, 1)]` as spectra `[batch, frames, bins, 2]`. */
const stft: InferRule = site => {
  const [batch, length] = site.ranked(0, 2, 3)
  const step = site.numbers(1, 'frame_step')?.[0] ?? site.fail('a frame_step', 'none')
  const frame = site.has(2) ? sizeOf(site.shape(2)) : site.numbers(3, 'frame_length')?.[0]
  if (!frame) return site.fail('a window or a frame_length', 'neither')
  const bins = site.int('onesided', 1) ? Math.floor(frame / 2) + 1 : frame
  return [
    { dtype: site.dtype(0), shape: [batch, Math.floor((length - frame) / step) + 1, bins, 2] },
  ]
}

export const creationRules: InferRules = {
  BlackmanWindow: windowFunction,
  Compress: unforeseeable,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  DFT: dft,
  HammingWindow: windowFunction,
  HannWindow: windowFunction,
  MelWeightMatrix: melWeightMatrix,
  NonMaxSuppression: unforeseeable,
  NonZero: nonZero,
  OneHot: oneHot,
  Range: range,
  STFT: stft,
  Shape: shapeOf,
  Size: size,
  Unique: unforeseeable,
}
