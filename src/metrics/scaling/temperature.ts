import { logSumExp, type ScoreTable } from './scores.js'

/** Temperatures looked at: a model that is never wrong would want 0. */
const coldest = 0.01
const hottest = 100

/**
 * The temperature T that minimises the mean negative log-likelihood of softmax(z / T) (Guo et al.
 * 2017). In b = 1 / T that is convex, with
 *   slope = mean (E_p[z] - z_label),  curvature = mean Var_p[z],  p = softmax(b z):
 * Newton's steps on b, kept between bounds that close in.
 */
export function fitTemperature(table: ScoreTable): number {
  let [low, high] = [1 / hottest, 1 / coldest]
  if (slopeAt(table, high).slope <= 0) return coldest
  if (slopeAt(table, low).slope >= 0) return hottest
  let b = 1
  for (let step = 0; step < 200 && high - low > 1e-14 * b; step++) {
    const { slope, curvature } = slopeAt(table, b)
    if (slope > 0) high = b
    else low = b
    const newton = b - slope / curvature
    if (Math.abs(newton - b) < 1e-13 * b) break
    b = newton > low && newton < high ? newton : (low + high) / 2
  }
  return 1 / b
}

function slopeAt({ scores, labels, classes }: ScoreTable, b: number) {
  let [slope, curvature] = [0, 0]
  for (let i = 0; i < labels.length; i++) {
    const row = scores.subarray(i * classes, (i + 1) * classes)
    const norm = logSumExp(row.map(z => b * z))
    let [mean, square] = [0, 0]
    for (const z of row) {
      const p = Math.exp(b * z - norm)
      mean += p * z
      square += p * z * z
    }
    slope += mean - row[labels[i]]
    curvature += square - mean * mean
  }
  return { slope: slope / labels.length, curvature: curvature / labels.length }
}
