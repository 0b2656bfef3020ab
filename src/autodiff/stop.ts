import { forbidden, none, type Row, type Stop } from './rule.js'

/** Operators that no gradient passes, by reason: named stops first, then named refusals. */

function each<Name extends string>(row: Stop, names: readonly Name[]): Record<Name, Row> {
  return Object.fromEntries(names.map(name => [name, row])) as Record<Name, Row>
}

const choices = each(none('gives truth values, which have no derivative'), [
  ...(['And', 'Equal', 'Greater', 'GreaterOrEqual', 'IsInf', 'IsNaN', 'Less'] as const),
  ...(['LessOrEqual', 'Not', 'OptionalHasElement', 'Or', 'Xor'] as const),
])

const integers = each(none('gives integers, which have no derivative'), [
  ...(['ArgMax', 'ArgMin', 'BitShift', 'BitwiseAnd', 'BitwiseNot', 'BitwiseOr'] as const),
  ...(['BitwiseXor', 'NonMaxSuppression', 'NonZero', 'SequenceLength', 'Shape', 'Size'] as const),
])

const steps = each(none('is constant between its jumps: its derivative is zero'), [
  ...(['Ceil', 'Floor', 'Hardmax', 'Round', 'Sign'] as const),
])

const sources = each(none('does not depend on the values it is given'), [
  ...(['Bernoulli', 'BlackmanWindow', 'Constant', 'ConstantOfShape', 'EyeLike'] as const),
  ...(['HammingWindow', 'HannWindow', 'ImageDecoder', 'MelWeightMatrix', 'Multinomial'] as const),
  ...(['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike'] as const),
  ...(['Range', 'SequenceEmpty'] as const),
])

const texts = each(none('handles text, which has no derivative'), [
  ...(['RegexFullMatch', 'StringConcat', 'StringNormalizer', 'StringSplit'] as const),
  'TfIdfVectorizer',
])

const control = each(
  forbidden(
    'runs a subgraph chosen or repeated by values of a run; Temper does not train through it',
  ),
  ['If', 'Loop', 'Scan', 'SequenceMap'],
)

const sequences = each(forbidden('handles lists of tensors; Temper does not train through them'), [
  ...(['ConcatFromSequence', 'Optional', 'OptionalGetElement', 'SequenceAt'] as const),
  ...(['SequenceConstruct', 'SequenceErase', 'SequenceInsert', 'SplitToSequence'] as const),
])

const quantized = each(
  forbidden('is quantised; train the network in floating point and quantise it afterwards'),
  [
    ...(['ConvInteger', 'DequantizeLinear', 'DynamicQuantizeLinear', 'MatMulInteger'] as const),
    ...(['QLinearConv', 'QLinearMatMul', 'QuantizeLinear'] as const),
  ],
)

const sized = each(forbidden('gives as many values as a run decides'), ['Compress', 'Unique'])

const replaced = each(forbidden('is older than opset 21, to which files are lifted first'), [
  ...(['Scatter', 'Upsample'] as const),
])

/** Differentiable by the specification, without a rule yet. */
const missing = each(forbidden('has no gradient rule in Temper'), [
  ...(['AffineGrid', 'Attention', 'Col2Im', 'DFT', 'DeformConv', 'Det', 'GridSample'] as const),
  ...(['MaxRoiPool', 'MaxUnpool', 'NegativeLogLikelihoodLoss', 'OneHot', 'RoiAlign'] as const),
  ...([
    'GRU',
    'LSTM',
    'RNN',
    'Resize',
    'RotaryEmbedding',
    'STFT',
    'Shrink',
    'SoftmaxCrossEntropyLoss',
  ] as const),
])

export const stops = {
  ...{ ...choices, ...integers, ...steps, ...sources, ...texts },
  ...{ ...control, ...sequences, ...quantized, ...sized, ...replaced, ...missing },
}
