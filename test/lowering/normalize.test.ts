import { describe, expect, it } from 'vitest'
import { float32Tensor, keyOf, Random, type Tensor } from '../../src/base/index.js'
import { float } from '../../src/onnx/index.js'
import { Draw } from '../gradcheck/draw.js'
import { product } from './oracle.js'
import { runLowered } from './run.js'

const epsilon = 1e-3

/** The definition, in double precision: statistics, y and the three gradients. */
function batchNormalization(x: Tensor, gamma: Tensor, beta: Tensor, dy: Tensor) {
  const [batch, channels] = x.shape
  const area = product(x.shape.slice(2))
  const count = batch * area
  const [X, DY] = [x.data, dy.data] as Float32Array[]
  const at = (c: number) =>
    Array.from(
      { length: count },
      (_, i) => (Math.floor(i / area) * channels + c) * area + (i % area),
    )
  const [mean, variance, dgamma, dbeta] = [0, 1, 2, 3].map(() => new Float64Array(channels))
  const [y, dx] = [new Float64Array(X.length), new Float64Array(X.length)]
  for (let c = 0; c < channels; c++) {
    const own = at(c)
    mean[c] = own.reduce((sum, i) => sum + X[i], 0) / count
    variance[c] = own.reduce((sum, i) => sum + (X[i] - mean[c]) ** 2, 0) / count
    const inverse = 1 / Math.sqrt(variance[c] + epsilon)
    const h = (i: number) => (X[i] - mean[c]) * inverse
    const [g, z] = [gamma.data[c] as number, beta.data[c] as number]
    dgamma[c] = own.reduce((sum, i) => sum + DY[i] * h(i), 0)
    dbeta[c] = own.reduce((sum, i) => sum + DY[i], 0)
    for (const i of own) {
      y[i] = h(i) * g + z
      dx[i] = g * inverse * (DY[i] - dbeta[c] / count - (h(i) * dgamma[c]) / count)
    }
  }
  return { y, mean, variance, dx, dgamma, dbeta }
}

function expectClose(actual: Tensor, wanted: Float64Array, tolerance = 1e-5) {
  const scale = Math.max(1, ...wanted.map(Math.abs))
  for (const [i, value] of wanted.entries())
    expect(Math.abs(Number(actual.data[i]) - value) / scale).toBeLessThan(tolerance)
}

const shapes = [
  [4, 3],
  [3, 2, 5],
  [2, 3, 4, 5],
  [5, 1, 2, 1],
  [2, 2, 2, 3, 2],
  [1, 4, 3, 3],
]

describe.each(shapes.map(shape => [shape] as const))('batch statistics of %s', shape => {
  const draw = new Draw(new Random(keyOf(0, `test:batch statistics ${shape}`)))
  const channel = [shape[1]]
  const [gamma, beta] = [draw.reals(channel), draw.reals(channel)]
  const dy = draw.reals(shape)
  const statistic = { dtype: 'float32' as const, shape: channel }
  const attributes = { epsilon: float(epsilon) }

  it.each([0, 100])('normalises and differentiates around a mean of %d', async offset => {
    const base = draw.reals(shape).data as Float32Array
    const x = float32Tensor(
      base.map(v => v + offset),
      shape,
    )
    const wanted = batchNormalization(x, gamma, beta, dy)
    const y = { dtype: 'float32' as const, shape }
    const forward = await runLowered(
      { x, gamma, beta },
      [
        {
          op: 'BatchNormalizationTraining',
          domain: 'temper',
          inputs: ['x', 'gamma', 'beta'],
          outputs: ['y', 'mean', 'variance'],
          attributes,
        },
      ],
      { y, mean: statistic, variance: statistic },
    )
    const tolerance = offset ? 2e-4 : 1e-5
    for (const name of ['y', 'mean', 'variance'] as const)
      expectClose(forward.results[name], wanted[name], tolerance)
    const { mean, variance } = forward.results
    const backward = await runLowered(
      { x, gamma, mean, variance, dy },
      [
        {
          op: 'BatchNormalizationGradient',
          domain: 'temper',
          inputs: ['x', 'gamma', 'mean', 'variance', 'dy'],
          outputs: ['dx', 'dgamma', 'dbeta'],
          attributes,
        },
      ],
      { dx: y, dgamma: statistic, dbeta: statistic },
    )
    for (const name of ['dx', 'dgamma', 'dbeta'] as const)
      expectClose(backward.results[name], wanted[name], tolerance)
  })
})
