import { sizeOf, tensor } from '../base/index.js'
import { type Builder, float, floatOf, int } from '../onnx/index.js'
import { row, type Site } from './formulation.js'
import { reshape, sum } from './phrases.js'

/** Batch normalisation by the mean and (population) variance of the batch, one a channel. */

interface Facts {
  readonly epsilon: number
  /** Values averaged a channel. */
  readonly count: number
  readonly channels: number
  readonly rank: number
}

function read({ b, node }: Site): Facts {
  const shape = b.shape(node.inputs[0])
  return {
    epsilon: floatOf(node, 'epsilon', 1e-5),
    count: sizeOf(shape) / shape[1],
    channels: shape[1],
    rank: shape.length,
  }
}

const filled = (b: Builder, length: number, value: number) =>
  b.constant(tensor('float32', [length], new Float32Array(length).fill(value)))

/** temper::BatchNormalizationTraining(x, gamma, beta, ...) -> y, mean, variance. */
export const batchNormalizationTraining = row(read, [
  {
    name: 'BatchNormalization in training mode',
    column: 'portable',
    applies: () => true,
    // With momentum 0 the updated running statistics are those of the batch.
    emit({ b, node }, { epsilon, channels }) {
      const [x, gamma, beta] = node.inputs
      const running = [filled(b, channels, 0), filled(b, channels, 1)]
      const statistic = { dtype: b.dtype(x), shape: [channels] }
      return b.emitMany(
        'BatchNormalization',
        [x, gamma, beta, ...running],
        { epsilon: float(epsilon), momentum: float(0), training_mode: int(1) },
        { outputs: 3, types: [b.type(x), statistic, statistic] },
      )
    },
  },
])

/**
 * temper::BatchNormalizationGradient(x, gamma, mean, variance, dy) -> dx, dgamma, dbeta.
 * With h = x - mean and v = 1 / sqrt(variance + epsilon):
 * dbeta = sum(dy), dgamma = v sum(dy h), dx = gamma v (dy - dbeta / count - h v dgamma / count)
 */
export const batchNormalizationGradient = row(read, [
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

const widened = ({ rank, channels }: Facts) =>
  Array.from({ length: rank }, (_, axis) => (axis === 1 ? channels : 1))
