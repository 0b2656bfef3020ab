import { expect, it } from 'vitest'
import { openKernels } from '../kernels/index.js'
import type { Parameter } from '../model/index.js'
import { checkRecipe } from '../recipe/index.js'
import { allocateBuffers, layoutOf, viewOf } from './layout.js'
import { optimizerOf } from './optimizer.js'

const parameter = (name: string, length: number): Parameter => ({
  ...{
    name,
    length,
    shape: [length],
    role: 'weight',
    channelAxis: 0,
    usedBy: 'Gemm "g"',
    dtype: 'float32',
  },
  ...{ stands: 'initializer' },
  value: { dtype: 'float32', shape: [length], data: new Float32Array(length).fill(1) },
})

const parameters = [parameter('body.a', 20), parameter('head', 5), parameter('body.b', 33)]

it('lays parameters of one learning rate side by side, frozen ones last', () => {
  const { ranges, slots, trainedLength } = layoutOf(
    [...parameters, parameter('still', 3)],
    p => p.name !== 'still',
    p => (p.name.startsWith('body') ? 0.1 : 1),
  )
  expect(slots.map(({ name }) => name)).toEqual(['body.a', 'body.b', 'head', 'still'])
  expect(ranges).toEqual([
    { offset: 0, length: 80, factor: 0.1 },
    { offset: 80, length: 16, factor: 1 },
  ])
  expect(trainedLength).toBe(96)
})

it.each(['sgd', 'adam', 'adamw'])('%s moves each group by its own learning rate', kind => {
  const recipe = checkRecipe({
    model: { network: 'mlp' },
    data: { train: 'x' },
    optimizer: { kind },
  })
  const kernels = openKernels({ bytes: 2 ** 20 })
  const optimizer = optimizerOf(recipe.optimizer, kernels)
  const layout = layoutOf(
    parameters,
    () => true,
    p => (p.name === 'head' ? 1 : 0.1),
  )
  const buffers = allocateBuffers(kernels, layout, parameters, optimizer)
  buffers.gradients.fill(0.5)
  optimizer.update(buffers, { step: 1, learningRate: 0.01, gradientScale: 1 })
  const [a, b, head] = layout.slots.map(slot => 1 - viewOf(buffers.parameters, slot)[0])
  expect(head).toBeGreaterThan(1e-3)
  expect(a / head).toBeCloseTo(0.1, 3)
  expect(b).toBe(a)
})
