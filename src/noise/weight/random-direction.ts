import { sharedKernels } from '../../kernels/index.js'
import { amount } from '../level.js'
import { defineWeight } from './define.js'
import { normals } from './draws.js'

/** w + rho |w| d / |d|, d of N(0, 1): a step of length rho times the norm of the tensor. */
export const randomDirection = defineWeight({
  kind: 'random_direction',
  what: 'Moves each weight tensor by a share of its own norm, in a random direction.',
  unit: 'length of the step over the norm of the tensor',
  levels: { rho: amount('length of the step over the norm of the tensor', 'share', 0.1) },
  identity: { rho: 0 },
  paper:
    'Li et al. 2018, Visualizing the loss landscape of neural nets; Keskar et al. 2017 (sharpness)',
  apply(w, out, { rho }, key) {
    const kernels = sharedKernels()
    const direction = normals(0, w.length, key)
    const length = Math.sqrt(kernels.sumOfSquares(direction))
    const step = length > 0 ? (rho * Math.sqrt(kernels.sumOfSquares(w))) / length : 0
    for (let i = 0; i < w.length; i++) out[i] = w[i] + step * direction[i]
  },
})
