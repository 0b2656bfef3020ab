import { expected, tensor, UsageError } from '../base/index.js'
import { int } from '../onnx/index.js'
import { copyLosses } from './loss-copies.js'
import { crossEntropy, type Loss, type LossParameter, type LossScope } from './loss-row.js'
import { oneHot } from './one-hot.js'
import { emitPrivate } from './rule.js'

const share = (about: string, otherwise: number): LossParameter => ({
  about,
  ...{ low: 0, high: 1, default: otherwise },
})

/**
 * Every loss. Targets have the shape of the output: probabilities of the classes (one-hot or soft),
 * yes-or-no in [0, 1], or values. p = softmax(z).
 */
export const losses = {
  'cross-entropy': {
    about: 'The usual loss of classifiers; targets may be soft.',
    output: 'classes',
    parameters: {},
    formula: crossEntropy,
  },
  'binary-cross-entropy': {
    about: 'Independent yes-or-no outputs: one output, or several labels at once.',
    output: 'binary',
    parameters: {},
    // l = ln(1 + e^z) - z t
    formula: ({ b, z, t, sub, mul }) => sub(b.emit('Softplus', [z]), mul(z, t)),
  },
  'mean-squared-error': {
    about: 'Regression; large errors count most.',
    output: 'values',
    parameters: {},
    // l = (z - t)^2
    formula: ({ z, t, sub, square }) => square(sub(z, t)),
  },
  'mean-absolute-error': {
    about: 'Regression that outliers sway less.',
    output: 'values',
    parameters: {},
    // l = |z - t|
    formula: ({ z, t, sub, abs }) => abs(sub(z, t)),
  },
  huber: {
    about: 'Squared error for small errors, absolute error for large ones.',
    output: 'values',
    paper: 'https://doi.org/10.1214/aoms/1177703732',
    parameters: {
      delta: {
        about: 'error at which it turns from squared to absolute',
        low: 1e-6,
        high: 1e6,
        default: 1,
      },
    },
    // a = |z - t|, q = min(a, delta): l = q (a - q / 2)
    formula: ({ b, z, t, sub, abs, mul, level }) => {
      const a = abs(sub(z, t))
      const q = b.emit('Min', [a, b.scalar(level('delta'), b.dtype(a))])
      return mul(q, sub(a, mul(q, 0.5)))
    },
  },

  'generalized-cross-entropy': {
    about: 'Stands wrong labels: between cross-entropy (q near 0) and absolute error (q = 1).',
    output: 'classes',
    paper: 'https://arxiv.org/abs/1805.07836',
    parameters: {
      q: { about: 'how far towards absolute error', low: 0.01, high: 1, default: 0.7 },
      truncation: share(
        'a label the model gives less than this teaches nothing; for a model that is trained already',
        0,
      ),
    },
    // l = sum of t (1 - max(p, truncation)^q) / q
    formula: ({ b, t, logP, overClasses, mul, sub, exp, level }) => {
      const least = level('truncation')
      const kept =
        least > 0 ? b.emit('Max', [logP(), b.scalar(Math.log(least), b.dtype(t))]) : logP()
      return overClasses(mul(t, mul(sub(1, exp(mul(kept, level('q')))), 1 / level('q'))))
    },
  },
  'symmetric-cross-entropy': {
    about: 'Stands wrong labels: cross-entropy plus the same with targets and predictions swapped.',
    output: 'classes',
    paper: 'https://arxiv.org/abs/1908.06112',
    parameters: {
      alpha: { about: 'weight of cross-entropy', low: 0, high: 100, default: 0.1 },
      beta: { about: 'weight of reverse cross-entropy', low: 0, high: 100, default: 1 },
      floor: {
        about: "least target inside the logarithm (the authors' code)",
        low: 1e-9,
        high: 0.1,
        default: 1e-4,
      },
    },
    // l = -alpha (sum of t ln p) - beta (sum of p ln max(t, floor))
    formula: scope => {
      const { b, t, p, overClasses, mul, add, log, level } = scope
      const logT = log(b.emit('Max', [t, b.scalar(level('floor'), b.dtype(t))]))
      const reverse = mul(overClasses(mul(p(), logT)), -level('beta'))
      return add(mul(crossEntropy(scope), level('alpha')), reverse)
    },
  },
  'forward-correction': {
    about: 'Knows how labels were corrupted, and predicts the corrupted ones.',
    output: 'classes',
    paper: 'https://arxiv.org/abs/1609.03683',
    parameters: {
      rate: share(
        'share of labels flipped to any other class, where no transition matrix is given',
        0.2,
      ),
    },
    formula: forwardCorrection,
  },
  'soft-bootstrapping': {
    about: "Mixes the model's own probabilities into the targets.",
    output: 'classes',
    paper: 'https://arxiv.org/abs/1412.6596',
    parameters: { beta: share('weight of the given target', 0.95) },
    // l = -sum of (beta t + (1 - beta) p) ln p
    formula: scope => bootstrapped(scope, scope.p()),
  },
  'hard-bootstrapping': {
    about: "Mixes the model's own answer into the targets.",
    output: 'classes',
    paper: 'https://arxiv.org/abs/1412.6596',
    parameters: { beta: share('weight of the given target', 0.8) },
    // l = -sum of (beta t + (1 - beta) [p is largest]) ln p
    formula: scope => bootstrapped(scope, answer(scope)),
  },
  focal: {
    about: 'Turns attention from easy samples to hard ones.',
    output: 'classes',
    paper: 'https://arxiv.org/abs/1708.02002',
    parameters: {
      gamma: { about: 'how much easy samples fade', low: 0, high: 10, default: 2 },
    },
    // l = -sum of t (1 - p)^gamma ln p
    formula: ({ b, t, p, logP, overClasses, mul, sub, pow, neg, level }) => {
      const room = b.emit('Max', [sub(1, p()), b.scalar(1e-7, b.dtype(t))])
      return neg(overClasses(mul(mul(t, pow(room, level('gamma'))), logP())))
    },
  },
  'confidence-penalty': {
    about: 'Cross-entropy that rewards doubt: less certain predictions.',
    output: 'classes',
    paper: 'https://arxiv.org/abs/1701.06548',
    parameters: {
      beta: { about: 'weight of the entropy', low: 0, high: 10, default: 0.1 },
    },
    // l = -(sum of t ln p) + beta (sum of p ln p)
    formula: scope => {
      const { p, logP, overClasses, mul, add, level } = scope
      return add(crossEntropy(scope), mul(overClasses(mul(p(), logP())), level('beta')))
    },
  },
  'temperature-targets': {
    about: "Mixes the model's own answer, softened by a temperature, into the targets.",
    output: 'classes',
    paper: 'https://arxiv.org/abs/1503.02531',
    parameters: {
      amount: share("weight of the model's own answer", 0.1),
      temperature: { about: 'above 1 softer, below 1 sharper', low: 0.01, high: 100, default: 2 },
    },
    // q = softmax(z / T), held fixed: l = -sum of ((1 - amount) t + amount q) ln p
    formula: scope => {
      const { b, z, t, axis, mul, add, level } = scope
      const soft = b.emit('Softmax', [mul(z, 1 / level('temperature'))], { axis: int(axis) })
      const held = emitPrivate(b, 'StopGradient', [soft], {}, b.type(soft))
      const mixed = add(mul(t, 1 - level('amount')), mul(held, level('amount')))
      return crossEntropy({ ...scope, t: mixed })
    },
  },
  'online-smoothing': {
    about: 'Mixes into each target the mean answer of the last epoch to that class.',
    output: 'classes',
    paper: 'https://arxiv.org/abs/2011.12562',
    remembers: true,
    parameters: { alpha: share('weight of the given target', 0.5) },
    // The run mixes the targets: l = -sum of t' ln p
    formula: crossEntropy,
  },
  ...copyLosses,
} as const satisfies Record<string, Loss>

export type LossName = keyof typeof losses

/** l = -sum of (beta t + (1 - beta) own) ln p */
function bootstrapped(scope: LossScope, own: string): string {
  const { t, mul, add, level } = scope
  const mixed = add(mul(t, level('beta')), mul(own, 1 - level('beta')))
  return crossEntropy({ ...scope, t: mixed })
}

/** 1 at the first largest logit, else 0; no gradient passes. */
function answer({ b, z, axis }: LossScope): string {
  const largest = b.emit('ArgMax', [z], { axis: int(axis), keepdims: int(0) })
  return oneHot(b, largest, b.shape(z)[axis], axis, b.dtype(z))
}

/** l = -sum over j of t_j ln(sum over i of p_i T_ij), T_ij how often class i is labelled j. */
function forwardCorrection(scope: LossScope): string {
  const { b, z, p, axis, transpose, level } = scope
  const classes = b.shape(z)[axis]
  if (scope.transition && scope.transition.length !== classes)
    throw new UsageError(
      expected('loss.transition', `${classes} rows, one a class`, scope.transition.length),
    )
  const flips = level('rate') / (classes - 1)
  const chance = (i: number, j: number) =>
    scope.transition?.[i][j] ?? (i === j ? 1 - level('rate') : flips)
  const table = Float32Array.from({ length: classes ** 2 }, (_, k) =>
    chance(Math.floor(k / classes), k % classes),
  )
  const matrix = b.constant(tensor('float32', [classes, classes], table), 'transition')
  const last = b.shape(z).length - 1
  const swapped = b.shape(z).map((_, i) => (i === axis ? last : i === last ? axis : i))
  const labelled = transpose(b.emit('MatMul', [transpose(p(), swapped), matrix]), swapped)
  const logP = scope.log(b.emit('Max', [labelled, b.scalar(1e-7)]))
  return crossEntropy({ ...scope, logP: () => logP })
}
