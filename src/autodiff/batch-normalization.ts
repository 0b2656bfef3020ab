import { type Builder, float, floatOf, int, intOf, type Node } from '../onnx/index.js'
import { type Row, type Rule, rule, type Scope } from './rule.js'

/**
 * Batch normalisation y = (x - mean) v gamma + beta, v = 1 / sqrt(variance + epsilon), one mean and
 * variance a channel: frozen (the running ones, constants of the network) or of the batch itself.
 */

const axesButChannel = (shape: readonly number[]) =>
  shape.map((_, axis) => axis).filter(axis => axis !== 1)

const channelwise = (shape: readonly number[]) => shape.map((size, axis) => (axis === 1 ? size : 1))

// frozen: dx = dy gamma v, dgamma = v sum(dy (x - mean)), dbeta = sum(dy),
// dmean = -gamma v dbeta, dvariance = -gamma v^2 dgamma / 2
const frozen = (scope: Scope) => {
  const { b, node, x, dy, add, sub, mul, sqrt, reciprocal, sum, reshape, neg } = scope
  const [, gamma, , mean, variance] = node.inputs
  const shape = b.shape(x)
  const wide = (value: string) => reshape(value, channelwise(shape))
  const perChannel = (value: string) => reshape(sum(value, axesButChannel(shape)), [shape[1]])
  const inverse = reciprocal(sqrt(add(variance, floatOf(node, 'epsilon', 1e-5))))
  const factor = mul(gamma, inverse)
  const dgamma = mul(perChannel(mul(dy, sub(x, wide(mean)))), inverse)
  const dbeta = perChannel(dy)
  const dvariance = mul(mul(mul(factor, inverse), dgamma), -0.5)
  return [mul(dy, wide(factor)), dgamma, dbeta, neg(mul(factor, dbeta)), dvariance]
}

/** temper::BatchNormalizationGradient(x, gamma, mean, variance, dy) -> dx, dgamma, dbeta. */
function batchGradient(b: Builder, node: Node, dy: string, mean: string, variance: string) {
  const [x, gamma] = node.inputs
  return b.emitMany(
    'BatchNormalizationGradient',
    [x, gamma, mean, variance, dy],
    { epsilon: float(floatOf(node, 'epsilon', 1e-5)) },
    { domain: 'temper', outputs: 3, types: [b.type(x), b.type(gamma), b.type(gamma)] },
  )
}

const BatchNormalization = rule(scope => {
  const { b, node, x, dy, mean, sub, square, reshape } = scope
  if (intOf(node, 'training_mode', 0) === 0) return frozen(scope)
  const shape = b.shape(x)
  const average = mean(x, axesButChannel(shape))
  const variance = mean(square(sub(x, average)), axesButChannel(shape))
  const flat = (value: string) => reshape(value, [shape[1]])
  return batchGradient(b, node, dy, flat(average), flat(variance))
})

/** The gradient of the batch's own mean and variance is that of statistics nobody differentiates. */
const BatchNormalizationTraining: Rule = (b, node, [dy]) =>
  dy === undefined ? [] : batchGradient(b, node, dy, node.outputs[1], node.outputs[2])

export const batchNormalizationRules = {
  BatchNormalization,
  'temper.BatchNormalizationTraining': BatchNormalizationTraining,
} satisfies Record<string, Row>

/** A running statistic of the network and the value it has after this batch. */
export interface RunningStatistic {
  /** The initializer or input that holds it. */
  readonly name: string
  readonly updated: string
}

/** Makes every BatchNormalization use its running statistics, in place, however it was saved. */
export function useRunningStatistics(b: Builder): void {
  for (const node of b.graph.nodes.filter(isBatchNormalization)) {
    node.attributes = { ...node.attributes, training_mode: int(0) }
    node.outputs = node.outputs.slice(0, 1)
  }
}

const isBatchNormalization = ({ op, domain }: Node) => op === 'BatchNormalization' && domain === ''

/**
 * Makes every BatchNormalization use the mean and variance of its own batch, in place, and emits
 * the updated running statistics: running momentum + batch (1 - momentum), the batch's variance
 * being the unbiased one (divided by count - 1), as PyTorch keeps it.
 */
export function useBatchStatistics(b: Builder): RunningStatistic[] {
  const nodes = b.graph.nodes.splice(0)
  return nodes.flatMap(node => {
    b.graph.nodes.push(node)
    return isBatchNormalization(node) ? trained(b, node) : []
  })
}

function trained(b: Builder, node: Node): RunningStatistic[] {
  const [x, , , mean, variance] = node.inputs
  const [y] = node.outputs
  const shape = b.shape(x)
  const count = shape.reduce((product, size) => product * size, 1) / shape[1]
  node.op = 'BatchNormalizationTraining'
  node.domain = 'temper'
  node.outputs = [y, `${y}_mean`, `${y}_variance`]
  for (const statistic of node.outputs.slice(1)) b.setType(statistic, b.type(mean))
  const momentum = floatOf(node, 'momentum', 0.9)
  const blend = (running: string, batch: string, factor: number) => {
    const kept = b.emit('Mul', [running, b.scalar(momentum)])
    return b.emit('Add', [kept, b.emit('Mul', [batch, b.scalar((1 - momentum) * factor)])])
  }
  const unbiased = count > 1 ? count / (count - 1) : 1
  return [
    { name: mean, updated: blend(mean, node.outputs[1], 1) },
    { name: variance, updated: blend(variance, node.outputs[2], unbiased) },
  ]
}
