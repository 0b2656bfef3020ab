import { sizeOf } from '../base/index.js'
import { float, floatOf, int } from '../onnx/index.js'
import { blockedGradient, blockedTraining } from './blocked/batch-normalization.js'
import { row, type Site } from './formulation.js'
import { reshape, sum } from './phrases.js'

/** Batch normalisation by the mean and (population) variance of the batch, one a channel. */

export interface NormalizationFacts {
  readonly epsilon: number
  /** Values averaged a channel. */
  readonly count: number
  readonly channels: number
  readonly rank: number
}

function read({ b, node }: Site): NormalizationFacts {
  const shape = b.shape(node.inputs[0])
  return {
    epsilon: floatOf(node, 'epsilon', 1e-5),
    count: sizeOf(shape) / shape[1],
    channels: shape[1],
    rank: shape.length,
  }
}

/**
 * temper::BatchNormalizationTraining(x, gamma, beta, ...) -> y, mean, variance.
 * Not by the runtime's own training mode: it writes the statistics over the running ones it is
 * given, and gives several nodes the same memory for them once it has merged equal constants.
 */
export const batchNormalizationTraining = row(read, [
  blockedTraining,
  {
    name: 'moments, then inference',
    column: 'portable',
    applies: () => true,
    emit({ b, node }, { epsilon, rank, channels }) {
      const [x, gamma, beta] = node.inputs
      const axes = Array.from({ length: rank }, (_, axis) => axis).filter(axis => axis !== 1)
      const kept = { keepdims: int(1) }
      const average = b.emit('ReduceMean', [x, b.ints(axes)], kept)
      const centred = b.emit('Sub', [x, average])
      const square = b.emit('Mul', [centred, centred])
      const spread = b.emit('ReduceMean', [square, b.ints(axes)], kept)
      const [mean, variance] = [average, spread].map(value => reshape(b, value, [channels]))
      const inputs = [x, gamma, beta, mean, variance]
      const y = b.emit('BatchNormalization', inputs, { epsilon: float(epsilon) })
      return [y, mean, variance]
    },
  },
])

/**
 * temper::BatchNormalizationGradient(x, gamma, mean, variance, dy) -> dx, dgamma, dbeta.
 * With h = x - mean and v = 1 / sqrt(variance + epsilon):
 * dbeta = sum(dy), dgamma = v sum(dy h), dx = gamma v (dy - dbeta / count - h v dgamma / count)
 */
export const batchNormalizationGradient = row(read, [
  blockedGradient,
  {
    name: 'centred sums',
    column: 'portable',
    applies: () => true,
    emit(site, facts) {
      const { b, node } = site
      const [x, gamma, mean, variance, dy] = node.inputs
      const wide = (value: string) => reshape(b, value, widened(facts))
      const mul = (l: string, r: string) => b.emit('Mul', [l, r])
      const axes = widened(facts).flatMap((_, axis) => (axis === 1 ? [] : [axis]))
      const spread = b.emit('Add', [variance, b.scalar(facts.epsilon)])
      const inverse = b.emit('Reciprocal', [b.emit('Sqrt', [spread])])
      const centred = b.emit('Sub', [x, wide(mean)])
      const dbeta = sum(b, dy, axes)
      const dgamma = mul(sum(b, mul(dy, centred), axes), inverse)
      const factor = mul(gamma, inverse)
      const share = mul(factor, b.scalar(-1 / facts.count))
      const slope = mul(mul(share, inverse), dgamma)
      const along = b.emit('Add', [mul(centred, wide(slope)), wide(mul(share, dbeta))])
      return [b.emit('Add', [mul(dy, wide(factor)), along]), dgamma, dbeta]
    },
  },
])

const widened = ({ rank, channels }: NormalizationFacts) =>
  Array.from({ length: rank }, (_, axis) => (axis === 1 ? channels : 1))
