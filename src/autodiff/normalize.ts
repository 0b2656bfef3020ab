import { sizeOf } from '../base/index.js'
import { type Builder, floatOf, intOf, ints, intsOf, type Node } from '../onnx/index.js'
import { batchNormalizationRules } from './batch-normalization.js'
import { axisOf, type Gradients, inputOf, type Row, type Rule, rule, type Scope } from './rule.js'

/**
 * Normalisations y = h gamma + beta, h = (x - mean) v, v = 1 / sqrt(variance + epsilon) over a group.
 * With t = dy gamma: dx = v (t - mean(t) - h mean(t h)), dgamma = sum(dy h), dbeta = sum(dy).
 */

interface Normal {
  /** h: mean 0 and variance 1 over the group. */
  readonly normal: string
  /** v, of size 1 along the group's axes. */
  readonly inverse: string
  /** The axes of a group. */
  readonly axes: readonly number[]
}

/** h and v computed anew, about the mean first: no difference of large squares. */
function normalOf(scope: Scope, x: string, axes: readonly number[], epsilon: number): Normal {
  const { sub, mean, square, sqrt, add, mul, reciprocal } = scope
  const centred = sub(x, mean(x, axes))
  const inverse = reciprocal(sqrt(add(mean(square(centred), axes), epsilon)))
  return { normal: mul(centred, inverse), inverse, axes }
}

/** dx = v (t - mean(t) - h mean(t h)) */
function centredGradient(scope: Scope, t: string, n: Normal): string {
  const { sub, mul, mean } = scope
  const along = mul(n.normal, mean(mul(t, n.normal), n.axes))
  return mul(sub(sub(t, mean(t, n.axes)), along), n.inverse)
}

const spatialAxes = (shape: readonly number[]) => shape.slice(2).map((_, i) => i + 2)

/** One value a channel, stretched over the others: [1, channels, 1, ...]. */
const channelwise = ({ b, x }: Scope) => b.shape(x).map((size, axis) => (axis === 1 ? size : 1))

/** The sum over all axes but the channel. */
function perChannel(scope: Scope, value: string): string {
  const { b, sum, reshape } = scope
  const shape = b.shape(value)
  const axes = shape.map((_, axis) => axis).filter(axis => axis !== 1)
  return reshape(sum(value, axes), [shape[1]])
}

// a group is one channel of one sample
const InstanceNormalization = rule(scope => {
  const { b, node, x, dy, mul, reshape } = scope
  const n = normalOf(scope, x, spatialAxes(b.shape(x)), floatOf(node, 'epsilon', 1e-5))
  const gamma = reshape(node.inputs[1], channelwise(scope))
  return [
    centredGradient(scope, mul(dy, gamma), n),
    perChannel(scope, mul(dy, n.normal)),
    perChannel(scope, dy),
  ]
})

// a group is several neighbouring channels of one sample; gamma and beta are one a channel, or one a group
const GroupNormalization = rule(scope => {
  const { b, node, x, dy, mul, reshape, sum } = scope
  const shape = b.shape(x)
  const groups = intOf(node, 'num_groups', 1)
  const grouped = [shape[0], groups, shape[1] / groups, sizeOf(shape.slice(2))]
  const n = normalOf(scope, reshape(x, grouped), [2, 3], floatOf(node, 'epsilon', 1e-5))
  const apart = reshape(dy, grouped)
  const [parameters] = b.shape(node.inputs[1])
  const gamma = reshape(node.inputs[1], [1, groups, parameters / groups, 1])
  const axes = parameters === groups ? [0, 2, 3] : [0, 3]
  const own = (value: string) => reshape(sum(value, axes), [parameters])
  const dx = centredGradient(scope, mul(apart, gamma), n)
  return [reshape(dx, shape), own(mul(apart, n.normal)), own(apart)]
})

// a group is everything from `axis` on; the forward node tells mean and v
const LayerNormalization = rule(scope => {
  const { b, node, x, dy, sub, mul } = scope
  const first = axisOf(b, node, -1)
  const axes = axesFrom(b, x, first)
  const [average, inverse] = statisticsOf(b, node)
  const n = { axes, inverse, normal: mul(sub(x, average), inverse) }
  const dx = centredGradient(scope, mul(dy, node.inputs[1]), n)
  return [dx, mul(dy, n.normal), inputOf(node, 2) && dy]
})

const axesFrom = (b: Builder, x: string, first: number) =>
  b
    .shape(x)
    .map((_, axis) => axis)
    .slice(first)

/** The mean and inverse deviation that LayerNormalization has as optional outputs, asked for. */
function statisticsOf(b: Builder, node: Node): [string, string] {
  const { dtype, shape } = b.type(node.inputs[0])
  const first = axisOf(b, node, -1)
  const type = { dtype, shape: shape.map((size, axis) => (axis < first ? size : 1)) }
  for (const [i, name] of [
    [1, 'mean'],
    [2, 'inverse'],
  ] as const) {
    node.outputs[i] ||= `${node.outputs[0]}_${name}`
    b.setType(node.outputs[i], type)
  }
  return [node.outputs[1], node.outputs[2]]
}

// h = x v without a mean, v = 1 / sqrt(mean(x^2) + epsilon): dx = v (t - h mean(t h))
const RMSNormalization = rule(scope => {
  const { b, node, x, dy, add, mul, mean, square, sqrt, reciprocal, sub } = scope
  const axes = axesFrom(b, x, axisOf(b, node, -1))
  const power = add(mean(square(x), axes), floatOf(node, 'epsilon', 1e-5))
  const inverse = reciprocal(sqrt(power))
  const normal = mul(x, inverse)
  const t = mul(dy, node.inputs[1])
  return [mul(sub(t, mul(normal, mean(mul(t, normal), axes))), inverse), mul(dy, normal)]
})

// the group spans `axes`; y = h, with 1e-9 beside the deviation
const MeanVarianceNormalization = rule(scope => {
  const { node, x, dy, sub, mean, square, sqrt, add, mul, reciprocal } = scope
  const axes = intsOf(node, 'axes', [0, 2, 3])
  const centred = sub(x, mean(x, axes))
  const inverse = reciprocal(add(sqrt(mean(square(centred), axes)), 1e-9))
  return [centredGradient(scope, dy, { normal: mul(centred, inverse), inverse, axes })]
})

// y = x / ||x||_p along one axis: dx = (dy - g sum(dy y)) / ||x||, g = y for p = 2, sign(x) for p = 1
const LpNormalization = rule(scope => {
  const { b, node, x, y, dy, abs, square, sqrt, sum, mul, sub, div, sign, add } = scope
  const axes = [axisOf(b, node, -1)]
  const isOne = intOf(node, 'p', 2) === 1
  const norm = isOne ? sum(abs(x), axes) : sqrt(sum(square(x), axes))
  const safe = add(norm, scope.notNegative(scope.neg(norm)))
  const slope = isOne ? sign(x) : y
  return [div(sub(dy, mul(slope, sum(mul(dy, y), axes))), safe)]
})

// y = x s^-beta, s = bias + alpha mean over `size` neighbouring channels of x^2 (zeros beyond the ends)
// dx = dy s^-beta - 2 alpha beta x mean over the mirrored neighbours of dy y / s
const LRN = rule(scope => {
  const { b, node, x, y, dy, square, add, mul, div, sub, pow, reshape } = scope
  const [alpha, beta] = [floatOf(node, 'alpha', 1e-4), floatOf(node, 'beta', 0.75)]
  const size = intOf(node, 'size', 1)
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)]
  const shape = b.shape(x)
  const neighbours = (value: string, pads: readonly [number, number]) => {
    const planes = reshape(value, [shape[0], 1, shape[1], sizeOf(shape.slice(2))])
    return reshape(channelMean(b, planes, size, pads), shape)
  }
  const s = add(mul(neighbours(square(x), [before, after]), alpha), floatOf(node, 'bias', 1))
  const mirrored = neighbours(div(mul(dy, y), s), [after, before])
  return [sub(mul(dy, pow(s, -beta)), mul(mul(x, mirrored), 2 * alpha * beta))]
})

/** The mean over `size` rows, of which `before` come before the row itself; zeros beyond the ends. */
function channelMean(b: Builder, planes: string, size: number, pads: readonly [number, number]) {
  const [before, after] = pads
  const framed =
    size === 1 ? planes : b.emit('Pad', [planes, b.ints([0, 0, before, 0, 0, 0, after, 0])])
  return b.emit('AveragePool', [framed], {
    kernel_shape: ints([size, 1]),
    strides: ints([1, 1]),
  })
}

// s = input + skip + bias, y = layer normalisation of s; the fourth output is s itself
const SkipLayerNormalization: Rule = (b, node, [dy, , , dsum]) => {
  const gradient = dy === undefined ? [] : skipGradients(b, node, dy)
  const [ds, dgamma, dbeta] = gradient
  const whole = ds && dsum ? b.emit('Add', [ds, dsum]) : (ds ?? dsum)
  return [whole, whole, dgamma, dbeta, inputOf(node, 4) && whole]
}

function skipGradients(b: Builder, node: Node, dy: string): Gradients {
  const [input, skip, gamma, beta, bias] = node.inputs
  const plain = b.emit('Add', [input, skip])
  const s = bias ? b.emit('Add', [plain, bias]) : plain
  return rule(scope => {
    const n = normalOf(scope, s, [b.shape(s).length - 1], floatOf(node, 'epsilon', 1e-12))
    const dx = centredGradient(scope, scope.mul(dy, gamma), n)
    return [dx, scope.mul(dy, n.normal), beta ? dy : undefined]
  })(b, node, [dy]) as Gradients
}

export const normalizeRules = {
  ...batchNormalizationRules,
  InstanceNormalization,
  GroupNormalization,
  LayerNormalization,
  RMSNormalization,
  SimplifiedLayerNormalization: RMSNormalization,
  MeanVarianceNormalization,
  LpNormalization,
  LRN,
  'com.microsoft.SkipLayerNormalization': SkipLayerNormalization,
} satisfies Record<string, Row>
