import type { DataType } from '../../base/index.js'
import { dataTypeOf } from '../datatype.js'
import { each, type InferRule, type InferRules, type Site, sameAsFirst, show } from './site.js'

const allShapes = (site: Site, first = 0) =>
  Array.from({ length: site.count - first }, (_, i) => site.shape(i + first))

const variadic: InferRule = site => [
  { dtype: site.commonType(), shape: site.broadcast(...allShapes(site)) },
]

const arithmetic: InferRule = site => {
  pairOnly(site)
  return variadic(site)
}

/** Pow and BitShift keep the first input's type whatever the second's. */
const power: InferRule = site => {
  pairOnly(site)
  return [{ dtype: site.dtype(0), shape: site.broadcast(...allShapes(site)) }]
}

const comparison: InferRule = site => {
  site.commonType()
  pairOnly(site)
  return [{ dtype: 'bool', shape: site.broadcast(...allShapes(site)) }]
}

const logical: InferRule = site => {
  for (let i = 0; i < site.count; i++)
    if (site.dtype(i) !== 'bool') site.fail('bool inputs', site.dtype(i))
  return comparison(site)
}

function pairOnly(site: Site): void {
  if (site.count !== 2) site.fail('two inputs', `${site.count}`)
}

const truth: InferRule = site => [{ dtype: 'bool', shape: site.shape(0) }]

const where: InferRule = site => {
  if (site.dtype(0) !== 'bool') site.fail('a bool condition', site.dtype(0))
  return [{ dtype: site.commonType(1), shape: site.broadcast(...allShapes(site)) }]
}

const clip: InferRule = site => {
  site.commonType()
  for (const i of [1, 2])
    if (site.has(i) && site.shape(i).length > 0 && site.shape(i).join() !== '1')
      site.fail('scalar bounds', `shape ${show(site.shape(i))}`)
  return sameAsFirst(site)
}

/** The slope broadcasts to the input, never the other way. */
const prelu: InferRule = site => {
  const [x, slope] = [site.shape(0), site.shape(1)]
  if (site.broadcast(x, slope).join() !== x.join())
    site.fail(`a slope that broadcasts to ${show(x)}`, `shape ${show(slope)}`)
  return [{ dtype: site.commonType(), shape: x }]
}

const dropout: InferRule = site => [site.type(0), { dtype: 'bool', shape: site.shape(0) }]

/** The element type an attribute asks for; `otherwise` where the node does not say. */
export function typeAttribute(site: Site, name: string, otherwise: DataType): DataType {
  if (!site.attribute(name)) return otherwise
  const code = site.int(name, 0)
  return dataTypeOf(code) ?? site.fail(`an element type Temper knows in "${name}"`, code)
}

const cast: InferRule = site => [
  { dtype: typeAttribute(site, 'to', site.dtype(0)), shape: site.shape(0) },
]

const castLike: InferRule = site => [{ dtype: site.dtype(1), shape: site.shape(0) }]

const quantize: InferRule = site => {
  const dtype = site.has(2) ? site.dtype(2) : typeAttribute(site, 'output_dtype', 'uint8')
  return [{ dtype, shape: site.shape(0) }]
}

const dequantize: InferRule = site => [
  { dtype: typeAttribute(site, 'output_dtype', site.dtype(1)), shape: site.shape(0) },
]

const dynamicQuantize: InferRule = site => [
  { dtype: 'uint8', shape: site.shape(0) },
  { dtype: 'float32', shape: [] },
  { dtype: 'uint8', shape: [] },
]

/** Random tensors shaped like an input. */
const randomLike: InferRule = site => [
  { dtype: typeAttribute(site, 'dtype', site.dtype(0)), shape: site.shape(0) },
]

const random: InferRule = site => [
  { dtype: typeAttribute(site, 'dtype', 'float32'), shape: site.ints('shape', []) },
]

const multinomial: InferRule = site => [
  {
    dtype: typeAttribute(site, 'dtype', 'int32'),
    shape: [site.ranked(0, 2)[0], site.int('sample_size', 1)],
  },
]

export const elementwiseRules: InferRules = {
  ...each(
    sameAsFirst,
    'Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu ' +
      'HardSigmoid HardSwish Hardmax Identity LeakyRelu Log LogSoftmax Mish Neg Reciprocal Relu ' +
      'Round Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Swish Tan Tanh ' +
      'ThresholdedRelu CumSum CumProd',
  ),
  ...each(arithmetic, 'Add BitwiseAnd BitwiseOr BitwiseXor Div Mod Mul Sub'),
  ...each(variadic, 'Max Mean Min Sum'),
  ...each(power, 'BitShift Pow'),
  ...each(comparison, 'Equal Greater GreaterOrEqual Less LessOrEqual'),
  ...each(logical, 'And Or Xor'),
  ...each(truth, 'IsInf IsNaN Not'),
  ...each(random, 'RandomNormal RandomUniform'),
  ...each(randomLike, 'Bernoulli EyeLike RandomNormalLike RandomUniformLike'),
  Cast: cast,
  CastLike: castLike,
  Clip: clip,
  DequantizeLinear: dequantize,
  Dropout: dropout,
  DynamicQuantizeLinear: dynamicQuantize,
  Multinomial: multinomial,
  PRelu: prelu,
  QuantizeLinear: quantize,
  Where: where,
}
