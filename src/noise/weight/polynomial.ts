import { sharedKernels } from '../../kernels/index.js'
import { amount } from '../level.js'
import { defineWeight } from './define.js'
import { normals } from './draws.js'

const coefficient = (what: string, value: number) => ({
  what,
  unit: 'none',
  range: [-1e3, 1e3] as const,
  default: value,
})

/** w + sigma W (c0 + c1 r + c2 r^2) N(0, 1), r = |w| / W, W the largest absolute weight. */
export const polynomial = defineWeight({
  kind: 'polynomial',
  what: 'Adds normal noise whose size depends on the weight, as analog memories do when programmed.',
  unit: 'multiple of the polynomial',
  levels: {
    sigma: amount('multiplies the polynomial', 'factor', 1),
    c0: coefficient('constant term', 0.0105392),
    c1: coefficient('linear term', 0.0768),
    c2: coefficient('quadratic term', -0.046925),
    keepSign: {
      what: '1 mirrors at zero what would change its sign',
      unit: '0 or 1',
      range: [0, 1],
      default: 0,
      whole: true,
    },
  },
  identity: { sigma: 0 },
  paper: 'Joshi et al. 2020; aihwkit Poly and ProgNoise (with keepSign)',
  apply(w, out, { sigma, c0, c1, c2, keepSign }, key) {
    const largest = sharedKernels().maxAbs(w)
    const draws = normals(0, w.length, key)
    for (let i = 0; i < w.length; i++) {
      const r = largest > 0 ? Math.abs(w[i]) / largest : 0
      const moved = w[i] + sigma * largest * (c0 + r * (c1 + r * c2)) * draws[i]
      out[i] = keepSign && moved < 0 !== w[i] < 0 ? -moved : moved
    }
  },
})
