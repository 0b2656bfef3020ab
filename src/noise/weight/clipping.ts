import { sharedKernels } from '../../kernels/index.js'
import { defineWeight } from './define.js'

/** w kept within +- deviations times the root mean square deviation of its tensor. */
export const clipping = defineWeight({
  kind: 'clipping',
  what: 'Keeps the weights of each tensor within so many of their standard deviations, for a step; optimizer.clipWeights does for good.',
  unit: 'standard deviations kept; fewer is stronger',
  levels: {
    deviations: {
      what: 'largest distance from zero',
      unit: 'standard deviations',
      range: [0.1, Infinity],
      default: 2.5,
    },
  },
  identity: { deviations: Infinity },
  deterministic: true,
  paper:
    'aihwkit WeightClip LayerGaussian; Stutz et al. 2021, Bit error robustness for energy-efficient DNN accelerators',
  scale: ({ deviations }, gain) => ({ deviations: deviations / gain }),
  apply: (w, out, { deviations }) => clipToDeviations(w, out, deviations),
})

/** Weights within so many standard deviations of their tensor, on either side of zero; `out` may be `w`. */
export function clipToDeviations(w: Float32Array, out: Float32Array, deviations: number): void {
  let sum = 0
  for (let i = 0; i < w.length; i++) sum += w[i]
  const mean = sum / w.length
  const square = sharedKernels().sumOfSquares(w) / w.length
  const limit = deviations * Math.sqrt(Math.max(0, square - mean * mean))
  sharedKernels().clamp(w, out, -limit, limit)
}

/** w kept within +- limit. */
export const fixedClipping = defineWeight({
  kind: 'fixed_clipping',
  what: 'Keeps every weight within a fixed value of zero.',
  unit: 'largest size kept, in weight units; less is stronger',
  levels: {
    limit: { what: 'largest size', unit: 'weight units', range: [1e-6, Infinity], default: 0.25 },
  },
  identity: { limit: Infinity },
  deterministic: true,
  paper: 'aihwkit WeightClip FixedValue; Arjovsky et al. 2017, Wasserstein GAN (weight clipping)',
  scale: ({ limit }, gain) => ({ limit: limit / gain }),
  apply: (w, out, { limit }) => sharedKernels().clamp(w, out, -limit, limit),
})
