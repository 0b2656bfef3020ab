import { forbidden, none, type Row, type Stop } from './rule.js'

/** Operators that no gradient passes, by reason: named stops first, then named refusals. */

type Words<S extends string> = S extends `${infer Word} ${infer Rest}` ? Word | Words<Rest> : S

/** One row for operators given in lines of words. */
function each<Line extends string>(row: Stop, ...lines: Line[]): Record<Words<Line>, Row> {
  const names = lines.flatMap(line => line.split(' '))
  return Object.fromEntries(names.map(name => [name, row])) as Record<Words<Line>, Row>
}

const choices = each(
  none('gives truth values, which have no derivative'),
  'And Equal Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Not OptionalHasElement Or Xor',
)

const integers = each(
  none('gives integers, which have no derivative'),
  'ArgMax ArgMin BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor NonMaxSuppression NonZero',
  'SequenceLength Shape Size',
)

const steps = each(
  none('is constant between its jumps: its derivative is zero'),
  'Ceil Floor Hardmax Round Sign',
)

const sources = each(
  none('does not depend on the values it is given'),
  'Bernoulli BlackmanWindow Constant ConstantOfShape EyeLike HammingWindow HannWindow ImageDecoder',
  'MelWeightMatrix Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range',
  'SequenceEmpty',
)

const texts = each(
  none('handles text, which has no derivative'),
  'RegexFullMatch StringConcat StringNormalizer StringSplit TfIdfVectorizer',
)

const control = each(
  forbidden('runs a subgraph that a run chooses or repeats; Temper does not train through it'),
  'If Loop Scan SequenceMap',
)

const sequences = each(
  forbidden('handles lists of tensors; Temper does not train through them'),
  'ConcatFromSequence Optional OptionalGetElement SequenceAt SequenceConstruct SequenceErase',
  'SequenceInsert SplitToSequence',
)

const quantized = each(
  forbidden('is quantised; train the network in floating point and quantise it afterwards'),
  'ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul',
  'QuantizeLinear',
)

const sized = each(forbidden('gives as many values as a run decides'), 'Compress Unique')

const replaced = each(
  forbidden('is of an opset so old that files are lifted first'),
  'Scatter Upsample',
)

/** Differentiable by the specification, without a rule yet. */
const missing = each(
  forbidden('has no gradient rule in Temper'),
  'Attention DFT DeformConv Det GridSample MaxRoiPool RoiAlign STFT',
)

/** A value that a loss holds fixed. */
const held = { 'temper.StopGradient': none('is held fixed') }

export const stops = {
  ...{ ...choices, ...integers, ...steps, ...sources, ...texts, ...held },
  ...{ ...control, ...sequences, ...quantized, ...sized, ...replaced, ...missing },
} satisfies Record<string, Row>
