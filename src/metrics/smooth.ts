import { type Collector, metric } from './metric.js'

/**
 * Smooth calibration error (Blasiok and Nakkiran 2023, "Smooth ECE"): the residuals y - f at the
 * confidences f are smoothed by a Gaussian kernel reflected at 0 and 1,
 *   r(t) = 1/n sum_i K_s(t, f_i) (y_i - f_i),   smECE_s = integral of |r(t)| over [0, 1],
 * and s is the one width with smECE_s = s. The residuals lie on a grid, each shared between its two
 * neighbours, so the state is small however long the stream.
 */
const cells = 1024

interface Residuals {
  samples: number
  /** Residual sums at the grid points 0, 1/1024, ..., 1. */
  grid: Float64Array
}

const residuals: Collector<Residuals> = {
  begin: () => ({ samples: 0, grid: new Float64Array(cells + 1) }),
  update(state, { samples, classes, probabilities, predictions, labels }) {
    if (!labels) return
    for (let i = 0; i < samples; i++) {
      const top = predictions[i]
      const f = top < 0 ? Number.NaN : Math.min(1, probabilities[i * classes + top])
      const residual = (top === labels[i] ? 1 : 0) - f
      const at = Math.min(cells - 1, Math.floor(f * cells)) || 0
      const part = f * cells - at
      state.samples++
      state.grid[at] += (1 - part) * residual
      state.grid[at + 1] += part * residual
    }
  },
}

/** The integral of |r| for one kernel width. */
function smoothed({ samples, grid }: Residuals, width: number): number {
  const reach = Math.min(2 * cells, Math.ceil(6 * width * cells))
  const kernel = Float64Array.from({ length: reach + 1 }, (_, d) =>
    Math.exp(-0.5 * (d / cells / width) ** 2),
  )
  const weight = kernel.reduce((sum, k, d) => sum + (d ? 2 * k : k), 0)
  const smooth = new Float64Array(cells + 1)
  grid.forEach((residual, at) => {
    if (residual !== 0)
      for (let d = -reach; d <= reach; d++)
        smooth[reflect(at + d)] += residual * kernel[Math.abs(d)]
  })
  // The end points stand for half a cell, and reflection brings theirs twice.
  const area = smooth.reduce((sum, r) => sum + Math.abs(r), 0)
  return area / weight / samples
}

/** The grid point a point beyond the ends falls back to: 0 and `cells` are mirrors. */
function reflect(at: number): number {
  const inside = Math.abs(at) % (2 * cells)
  return inside > cells ? 2 * cells - inside : inside
}

/** smECE_s falls as s grows: the crossing is found by halving. */
function smoothError(state: Residuals): number {
  if (state.samples === 0 || state.grid.some(Number.isNaN)) return Number.NaN
  let [low, high] = [0, 1]
  for (let step = 0; step < 14; step++) {
    const middle = (low + high) / 2
    if (smoothed(state, middle) > middle) low = middle
    else high = middle
  }
  return (low + high) / 2
}

export const smoothMetrics = [
  metric({
    name: 'smoothCalibrationError',
    meaning: 'calibration error after kernel smoothing with the width that equals it',
    unit: '1',
    better: 'lower',
    needs: ['labels'],
    paper: 'Blasiok and Nakkiran 2023',
    collector: residuals,
    result: smoothError,
  }),
]
