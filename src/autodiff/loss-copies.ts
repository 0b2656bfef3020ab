/**
 * Losses over several noisy copies of each sample, which stand side by side in the batch: rows
 * [sample, copy]. P = the mean of p over the copies of a sample. Each row has its own share of its
 * sample's loss, so the mean over rows is the mean over samples.
 */
import { expected, float32Tensor, UsageError } from '../base/index.js'
import { crossEntropy, type Loss, type LossParameter, type LossScope } from './loss-row.js'

const copies = (otherwise: number): LossParameter => ({
  about: 'copies of each sample in a batch, each with noise of its own',
  ...{ low: 2, high: 16, default: otherwise, whole: true },
})

const weight = (about: string, otherwise: number): LossParameter => ({
  about,
  ...{ low: 0, high: 1000, default: otherwise },
})

export const copyLosses = {
  consistency: {
    about: 'For randomized smoothing: every noisy copy gives the same answer, and a clear one.',
    output: 'classes',
    paper: 'https://arxiv.org/abs/2006.04062',
    copies: 'noisy',
    parameters: {
      copies: copies(2),
      lambda: weight('weight of the divergence of each copy from their mean', 10),
      eta: weight('weight of the entropy of the mean', 0.5),
    },
    // l = -(sum of t ln p) + lambda KL(P || p) + eta H(P)
    formula: scope => {
      const { mul, add, sub, log, neg, overClasses, logP, p, level } = scope
      const mean = overCopies(scope, p())
      const logMean = log(positive(scope, mean))
      const divergence = overClasses(mul(mean, sub(logMean, logP())))
      const entropy = neg(overClasses(mul(mean, logMean)))
      const spread = add(mul(divergence, level('lambda')), mul(entropy, level('eta')))
      return add(crossEntropy(scope), spread)
    },
  },
  stability: {
    about: 'Learns from the clean sample, and answers its noisy copies as the clean one.',
    output: 'classes',
    paper: 'https://arxiv.org/abs/1604.04326',
    copies: 'first clean',
    parameters: {
      copies: copies(2),
      lambda: weight('weight of the cross-entropy between clean and noisy answers', 2),
      divergence: {
        about: '0: cross-entropy of the clean answer and the noisy one; 1: less the entropy (KL)',
        ...{ low: 0, high: 1, default: 0, whole: true },
      },
    },
    // c the clean copy: l = -(sum of t ln p_c) - lambda m / (m - 1) sum of p_c (ln p - [KL] ln p_c)
    formula: scope => {
      const { mul, add, sub, neg, overClasses, logP, p, level } = scope
      const clean = ofFirstCopy(scope, p())
      const logClean = ofFirstCopy(scope, logP())
      const answer = mul(logClean, level('divergence'))
      const apart = neg(overClasses(mul(clean, sub(logP(), answer))))
      const noisy = mul(apart, noisyRows(scope))
      return add(ofFirstCopy(scope, crossEntropy(scope)), mul(noisy, level('lambda')))
    },
  },
  'jensen-shannon': {
    about: 'AugMix: learns from the clean sample, and answers all copies alike.',
    output: 'classes',
    paper: 'https://arxiv.org/abs/1912.02781',
    copies: 'first clean',
    parameters: {
      copies: copies(3),
      lambda: weight('weight of the Jensen-Shannon divergence', 12),
    },
    // c the clean copy: l = -(sum of t ln p_c) + lambda KL(p || P), P kept above 1e-7
    formula: scope => {
      const { mul, add, sub, log, overClasses, logP, p, level } = scope
      const logMean = log(positive(scope, overCopies(scope, p())))
      const divergence = overClasses(mul(p(), sub(logP(), logMean)))
      return add(ofFirstCopy(scope, crossEntropy(scope)), mul(divergence, level('lambda')))
    },
  },
} as const satisfies Record<string, Loss>

/** Kept above 1e-7, as in the authors' code. */
const positive = ({ b, t }: LossScope, x: string) => b.emit('Max', [x, b.scalar(1e-7, b.dtype(t))])

/** [sample, copy, ...] of rows. */
function grouped({ b, reshape, level }: LossScope, x: string): string {
  const [rows, ...rest] = b.shape(x)
  const each = level('copies')
  if (rows % each)
    throw new UsageError(expected('loss.copies', `${each} rows for every sample`, `${rows} rows`))
  return reshape(x, [rows / each, each, ...rest])
}

/** One value a sample, [sample, 1, ...], on each of its rows. */
function onEveryRow({ b, expand, reshape, level }: LossScope, x: string): string {
  const [samples, , ...rest] = b.shape(x)
  const each = level('copies')
  return reshape(expand(x, [samples, each, ...rest]), [samples * each, ...rest])
}

const overCopies = (scope: LossScope, x: string) =>
  onEveryRow(scope, scope.mean(grouped(scope, x), [1]))

function ofFirstCopy(scope: LossScope, x: string): string {
  const { b } = scope
  const axis = b.ints([1])
  return onEveryRow(scope, b.emit('Slice', [grouped(scope, x), b.ints([0]), axis, axis]))
}

/** m / (m - 1) on the rows of noisy copies, 0 on those of clean ones: [rows, 1, ...]. */
function noisyRows({ b, t, cast, level }: LossScope): string {
  const [rows, ...rest] = b.shape(t)
  const each = level('copies')
  const factors = Array.from({ length: rows }, (_, row) => (row % each ? each / (each - 1) : 0))
  const shape = [rows, ...rest.map(() => 1)]
  return cast(b.constant(float32Tensor(factors, shape), 'noisy_rows'), t)
}
