import { minimize } from '../../base/index.js'
import { logSumExp, type ScoreTable } from './scores.js'

export interface VectorScaling {
  /** A factor a class. */
  readonly scale: number[]
  /** A shift a class; they add up to 0. */
  readonly shift: number[]
}

/** Keeps the answer finite where classes could be told apart without an error. */
const ridge = 1e-6

/**
 * Vector scaling (Guo et al. 2017): the factors w and shifts b that minimise the mean negative
 * log-likelihood of softmax(w z + b), plus 1e-6 / 2 (|w - w0|^2 + |b|^2), w0 being the best
 * temperature's factor.
 */
export function fitVector(table: ScoreTable, temperature: number): VectorScaling {
  const { classes: k } = table
  const first = 1 / temperature
  const start = Float64Array.from({ length: 2 * k }, (_, i) => (i < k ? first : 0))
  const found = minimize((x, gradient) => loss(table, x, gradient, first), start)
  const mean = found.subarray(k).reduce((sum, b) => sum + b, 0) / k
  return {
    scale: [...found.subarray(0, k)],
    shift: [...found.subarray(k)].map(b => b - mean),
  }
}

/** d loss / d w_k = mean (p_k - y_k) z_k,  d loss / d b_k = mean (p_k - y_k). */
function loss(
  { scores, labels, classes: k }: ScoreTable,
  x: Float64Array,
  gradient: Float64Array,
  first: number,
): number {
  const n = labels.length
  const scaled = new Float64Array(k)
  gradient.fill(0)
  let sum = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) scaled[j] = x[j] * scores[i * k + j] + x[k + j]
    const norm = logSumExp(scaled)
    sum += norm - scaled[labels[i]]
    for (let j = 0; j < k; j++) {
      const error = (Math.exp(scaled[j] - norm) - (j === labels[i] ? 1 : 0)) / n
      gradient[j] += error * scores[i * k + j]
      gradient[k + j] += error
    }
  }
  let penalty = 0
  for (let j = 0; j < 2 * k; j++) {
    const off = x[j] - (j < k ? first : 0)
    penalty += (ridge / 2) * off * off
    gradient[j] += ridge * off
  }
  return sum / n + penalty
}
