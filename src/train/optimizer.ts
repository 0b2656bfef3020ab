import type { Kernels } from '../kernels/index.js'
import type { Recipe } from '../recipe/index.js'
import { clipWeights } from './clip-weights.js'
import type { Buffers } from './layout.js'

type OptimizerSettings = Recipe['optimizer']

export interface UpdateOptions {
  /** Which update this is, from 1. */
  readonly step: number
  readonly learningRate: number
  /** Factor on the gradient, for clipping by norm. */
  readonly gradientScale: number
}

/** Moves the trained part of the flat buffer along its gradients, in place. */
export interface Optimizer {
  /** Values it remembers a parameter. */
  readonly moments: number
  update(buffers: Buffers, options: UpdateOptions): void
}

/** Every optimizer a recipe may name, with the source of its formula. */
export const optimizers = {
  sgd: {
    tldr: 'gradient descent, with momentum (Nesterov if asked)',
    paper: 'Sutskever et al. 2013',
  },
  adam: { tldr: 'step scaled by running moments, weight decay as L2', paper: 'Kingma & Ba 2015' },
  adamw: {
    tldr: 'Adam with weight decay apart from the gradient',
    paper: 'Loshchilov & Hutter 2019',
  },
} as const

export function optimizerOf(settings: OptimizerSettings, kernels: Kernels): Optimizer {
  const { kind, clipWeights: deviations } = settings
  const chosen = kind === 'sgd' ? descent(settings, kernels) : adaptive(settings, kernels)
  if (deviations === undefined) return chosen
  return {
    ...chosen,
    update(buffers, options) {
      chosen.update(buffers, options)
      clipWeights(buffers, deviations)
    },
  }
}

function adaptive(settings: OptimizerSettings, kernels: Kernels): Optimizer {
  const { kind, beta1, beta2, epsilon, weightDecay } = settings
  const apply = kind === 'adamw' ? kernels.adamw : kernels.adam
  return {
    moments: 2,
    update(buffers, options) {
      for (const { part, learningRate } of partsOf(buffers, options)) {
        const [means, squares] = buffers.moments.map(part)
        const state = { ...weightsAndGradients(buffers, part), means, squares }
        apply(state, { ...options, learningRate, beta1, beta2, epsilon, weightDecay })
      }
    },
  }
}

function descent(settings: OptimizerSettings, kernels: Kernels): Optimizer {
  const { momentum, nesterov, weightDecay } = settings
  return {
    moments: momentum > 0 ? 1 : 0,
    update(buffers, options) {
      for (const { part, learningRate } of partsOf(buffers, options)) {
        const [velocity] = buffers.moments.map(part)
        const state = { ...weightsAndGradients(buffers, part), velocity }
        kernels.sgd(state, { ...options, learningRate, momentum, nesterov, weightDecay })
      }
    },
  }
}

type Part = (flat: Float32Array) => Float32Array

/** Each range of the layout with its learning rate. */
function partsOf({ layout }: Buffers, options: UpdateOptions) {
  return layout.ranges.map(({ offset, length, factor }) => ({
    part: (flat: Float32Array) => flat.subarray(offset, offset + length),
    learningRate: options.learningRate * factor,
  }))
}

const weightsAndGradients = ({ parameters, gradients }: Buffers, part: Part) => ({
  parameters: part(parameters),
  gradients: part(gradients),
})
