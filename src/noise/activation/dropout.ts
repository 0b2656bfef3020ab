import type { Key } from '../../base/index.js'
import { sharedKernels } from '../../kernels/index.js'
import { share } from '../level.js'
import type { LevelField } from '../types.js'
import { defineActivation } from './define.js'
import type { PortFill } from './types.js'

const rate = (what: string, value: number): LevelField => ({
  ...share(what, value),
  range: [0, 0.999],
})

/** 0 with probability p, else `kept`, over an array of ones. */
function drop(array: Float32Array, p: number, kept: number, key: Key): void {
  const kernels = sharedKernels()
  kernels.replace(array.fill(kept), array, { lowShare: p, highShare: 0, low: 0, high: 0 }, key)
}

const inverted = ({ scale }: PortFill, { rate: p }: Record<string, number>, key: Key) =>
  drop(scale!, p, 1 / (1 - p), key)

/** 0 with probability rate, else y / (1 - rate). */
export const dropout = defineActivation({
  kind: 'dropout',
  what: 'Drops a share of the activations and makes up for it in the others.',
  unit: 'share dropped',
  levels: { rate: rate('probability of being dropped', 0.1) },
  identity: { rate: 0 },
  uses: ['scale'],
  paper:
    'Srivastava et al. 2014, Dropout: a simple way to prevent neural networks from overfitting',
  fill: inverted,
})

/** The same for whole channels. */
export const spatialDropout = defineActivation({
  kind: 'spatial_dropout',
  what: 'Drops whole channels and makes up for it in the others.',
  unit: 'share of channels dropped',
  levels: { rate: rate('probability of a channel being dropped', 0.1) },
  identity: { rate: 0 },
  uses: ['scale'],
  axes: shape => shape.map((_, axis) => axis === 0),
  paper: 'Tompson et al. 2015, Efficient object localization using convolutional networks',
  fill: inverted,
})

/**
 * The branch of a residual connection is left out with probability p, else divided by 1 - p; p is
 * rate, or rate l / L for the l-th of L branches.
 */
export const stochasticDepth = defineActivation({
  kind: 'stochastic_depth',
  what: 'Leaves out whole branches of residual connections, each sample its own.',
  unit: 'share of branches dropped',
  levels: {
    rate: rate('probability of a branch being dropped', 0.1),
    linear: {
      what: '1 drops the l-th of L branches at rate l / L, 0 every branch at the same rate',
      unit: '0 or 1',
      range: [0, 1],
      default: 0,
      whole: true,
    },
  },
  identity: { rate: 0 },
  uses: ['scale'],
  residual: true,
  axes: shape => shape.map(() => false),
  paper: 'Huang et al. 2016, Deep networks with stochastic depth; timm DropPath',
  fill(port, { rate: p, linear }, key) {
    inverted(port, { rate: linear ? p * port.position : p }, key)
  },
})

const alpha = -1.7580993408473766

/** a (y m + alpha (1 - m)) + b: dropped values take SELU's lower limit, mean and variance are kept. */
export const alphaDropout = defineActivation({
  kind: 'alpha_dropout',
  what: 'Drops activations to the lower limit of SELU and keeps their mean and variance.',
  unit: 'share dropped',
  levels: { rate: rate('probability of being dropped', 0.1) },
  identity: { rate: 0 },
  uses: ['scale', 'shift'],
  paper: 'Klambauer et al. 2017, Self-normalizing neural networks, equation 6',
  fill({ scale, shift }, { rate: p }, key) {
    const keep = 1 - p
    const a = 1 / Math.sqrt(keep * (1 + p * alpha * alpha))
    const b = -a * p * alpha
    drop(scale!, p, a, key)
    scale!.forEach((kept, i) => {
      shift![i] = kept === 0 ? a * alpha + b : b
    })
  },
})
