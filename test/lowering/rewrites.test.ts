import { expect, it } from 'vitest'
import { keyOf, Random } from '../../src/base/index.js'
import { ints } from '../../src/onnx/index.js'
import { Draw } from '../gradcheck/draw.js'
import { runLowered } from './run.js'

const window = {
  kernel_shape: ints([2, 2]),
  strides: ints([2, 2]),
  dilations: ints([1, 1]),
  pads: ints([0, 0, 0, 0]),
}

it('masks a Relu gradient at the size of the pool, with the same result', async () => {
  const draw = new Draw(new Random(keyOf(0, 'test:mask before unpooling')))
  const x = draw.reals([2, 3, 6, 6], -2, 1)
  const dp = draw.reals([2, 3, 3, 3])
  const wide = { dtype: 'float32' as const, shape: x.shape }
  const small = { dtype: 'float32' as const, shape: dp.shape }
  const nodes = [
    { op: 'Relu', inputs: ['x'], outputs: ['y'] },
    { op: 'MaxPool', inputs: ['y'], outputs: ['p'], attributes: window },
    {
      op: 'MaxPoolGradient',
      domain: 'temper',
      inputs: ['y', 'p', 'dp'],
      outputs: ['dy'],
      attributes: window,
    },
    { op: 'ReluGradient', domain: 'temper', inputs: ['dy', 'y'], outputs: ['dx'] },
  ]
  const types = { y: wide, p: small, dy: wide, dx: wide }
  const { results } = await runLowered({ x, dp }, nodes, types)
  const { dx } = results
  const other = { op: 'Identity', inputs: ['dy'], outputs: ['kept'] }
  const read = await runLowered({ x, dp }, [...nodes.slice(0, 3), other, nodes[3]], {
    ...types,
    kept: wide,
  })
  for (const [i, value] of (x.data as Float32Array).entries())
    if (value <= 0) expect(Math.abs(dx.data[i] as number)).toBe(0)
  expect(dx.data.some(value => value !== 0)).toBe(true)
  const plain = (values: ArrayLike<unknown>) => Array.from(values, value => Number(value) + 0)
  expect(plain(dx.data)).toEqual(plain(read.results.dx.data))
})
