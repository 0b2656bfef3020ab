import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Kernels, openKernels, scalarKernels } from './kernels.js'

interface Golden {
  start: number[]
  gradients: number[][]
  results: Record<string, number[]>
}

const file = new URL('../../test/golden/kernels/optimizers.json', import.meta.url)
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden

interface Buffers {
  parameters: Float32Array
  gradients: Float32Array
  means: Float32Array
  squares: Float32Array
  velocity: Float32Array
}

type Step = (kernels: Kernels, buffers: Buffers, step: number) => void

const steps: Record<string, Step> = {
  adam: (k, b, step) => k.adam(b, { step, learningRate: 1e-2 }),
  'adam-decay': (k, b, step) =>
    k.adam(b, {
      step,
      learningRate: 1e-2,
      weightDecay: 0.1,
      beta1: 0.8,
      beta2: 0.99,
      epsilon: 1e-3,
    }),
  adamw: (k, b, step) => k.adamw(b, { step, learningRate: 1e-2, weightDecay: 0.1 }),
  sgd: (k, { parameters, gradients }) =>
    k.sgd({ parameters, gradients }, { learningRate: 0.1, weightDecay: 0.01 }),
  momentum: (k, b) => k.sgd(b, { learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }),
  nesterov: (k, b) => k.sgd(b, { learningRate: 0.1, momentum: 0.9, nesterov: true }),
}

function train(kernels: Kernels, step: Step, scale: (k: Kernels, g: Float32Array) => void) {
  const [parameters, gradients, means, squares, velocity] = [0, 1, 2, 3, 4].map(() =>
    kernels.alloc(golden.start.length),
  )
  parameters.set(golden.start)
  golden.gradients.forEach((gradient, i) => {
    gradients.set(gradient)
    scale(kernels, gradients)
    step(kernels, { parameters, gradients, means, squares, velocity }, i + 1)
  })
  return parameters
}

describe.each(Object.keys(steps))('%s', name => {
  it('makes the steps of PyTorch', () => {
    for (const kernels of [openKernels(), scalarKernels()]) {
      const parameters = train(kernels, steps[name], () => {})
      parameters.forEach((p, i) => {
        expect(Math.abs(p - golden.results[name][i])).toBeLessThan(2e-6 * (1 + Math.abs(p)))
      })
    }
  })
})

describe('gradientScale', () => {
  it('multiplies the gradient before anything else', () => {
    const half: Step = (k, b, step) =>
      k.adam(b, { step, learningRate: 1e-2, weightDecay: 0.1, gradientScale: 0.5 })
    const plain: Step = (k, b, step) => k.adam(b, { step, learningRate: 1e-2, weightDecay: 0.1 })
    const doubled = train(openKernels(), half, (k, g) => k.scaleAdd(g, g, 2, 0))
    expect(doubled).toEqual(train(openKernels(), plain, () => {}))
  })
})
