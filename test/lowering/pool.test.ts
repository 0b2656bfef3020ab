import { describe, expect, it } from 'vitest'
import { float32Tensor, keyOf, Random, type Tensor } from '../../src/base/index.js'
import { int, ints } from '../../src/onnx/index.js'
import { Draw } from '../gradcheck/draw.js'
import { maxPool, product, type Sliding, sumPoolGradient } from './oracle.js'
import { runLowered } from './run.js'

interface Pooling extends Sliding {
  input: number[]
  output: number[]
  ceil: boolean
}

/** Output sizes as the specification has them: a window never starts in the padding behind. */
function withOutput(w: Omit<Pooling, 'output'>): Pooling {
  const output = w.input.map((size, i) => {
    const span = size + w.pads[i] + w.pads[i + w.kernel.length]
    const steps = (span - (w.kernel[i] - 1) * w.dilations[i] - 1) / w.strides[i]
    const count = (w.ceil ? Math.ceil(steps) : Math.floor(steps)) + 1
    return (count - 1) * w.strides[i] >= size + w.pads[i] ? count - 1 : count
  })
  return { ...w, output }
}

function drawPooling(draw: Draw, rank: number): Pooling {
  const axes = Array.from({ length: rank }, () => 0)
  const kernel = axes.map(() => draw.int(1, 3))
  const sideBySide = draw.chance(0.4)
  const strides = axes.map((_, i) => (sideBySide ? kernel[i] : draw.int(1, 4)))
  const dilations = axes.map(() => (sideBySide ? 1 : draw.pick(1, 1, 2)))
  const padded = draw.chance()
  const pads = [...kernel, ...kernel].map(size => (padded ? draw.int(0, size - 1) : 0))
  const input = kernel.map((size, i) => (size - 1) * dilations[i] + draw.int(1, 6))
  return withOutput({ kernel, strides, dilations, pads, input, ceil: draw.chance(0.4) })
}

const whole = (input: number[]): Pooling => ({
  kernel: input,
  strides: input.map(() => 1),
  dilations: input.map(() => 1),
  pads: [...input, ...input].map(() => 0),
  input,
  output: input.map(() => 1),
  ceil: false,
})

const draw = new Draw(new Random(keyOf(0, 'test:pool gradients')))
const poolings = [
  ...[[5], [3, 4], [2, 3, 2]].map(whole),
  ...[1, 2, 3].flatMap(rank => Array.from({ length: 16 }, () => drawPooling(draw, rank))),
]

const label = (p: Pooling) =>
  `x [2,3,${p.input}] kernel ${p.kernel} stride ${p.strides} dilation ${p.dilations} pads ${p.pads} ceil ${p.ceil}`

const attributesOf = (p: Pooling) => ({
  kernel_shape: ints(p.kernel),
  strides: ints(p.strides),
  dilations: ints(p.dilations),
  pads: ints(p.pads),
})

function expectClose(actual: Tensor, wanted: ArrayLike<number>) {
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs(Number(actual.data[i]) - wanted[i])).toBeLessThan(1e-5)
}

const planes = 6

describe.each(poolings.map(p => [label(p), p] as const))('%s', (_, p) => {
  const [shapeX, shapeY] = [
    [2, 3, ...p.input],
    [2, 3, ...p.output],
  ]
  const own = new Draw(new Random(keyOf(1, label(p))))
  const dy = own.reals(shapeY)

  it('spreads a sum', async () => {
    const node = { op: 'SumPoolGradient', domain: 'temper', inputs: ['dy'], outputs: ['dx'] }
    const { results } = await runLowered({ dy }, [{ ...node, attributes: attributesOf(p) }], {
      dx: { dtype: 'float32', shape: shapeX },
    })
    expectClose(results.dx, sumPoolGradient(p, planes, dy.data as Float32Array))
  })

  it('gives a maximum its gradient', async () => {
    const x = own.distinct(shapeX)
    const { dx } = maxPool(p, planes, x.data as Float32Array, dy.data as Float32Array, false)
    expectClose((await maxPoolGradient(p, x, dy)).dx, dx)
  })

  it('gives equal maxima all of the gradient together', async () => {
    const x = float32Tensor(
      Array.from({ length: product(shapeX) }, () => own.int(0, 1)),
      shapeX,
    )
    const share = !(await maxPoolGradient(p, x, dy)).ops.includes('ScatterElements')
    const { dx } = maxPool(p, planes, x.data as Float32Array, dy.data as Float32Array, share)
    expectClose((await maxPoolGradient(p, x, dy)).dx, dx)
  })
})

async function maxPoolGradient(p: Pooling, x: Tensor, dy: Tensor) {
  const forward = {
    op: 'MaxPool',
    inputs: ['x'],
    outputs: ['y'],
    attributes: { ...attributesOf(p), ceil_mode: int(p.ceil ? 1 : 0) },
  }
  const backward = {
    op: 'MaxPoolGradient',
    domain: 'temper',
    inputs: ['x', 'y', 'dy'],
    outputs: ['dx'],
    attributes: attributesOf(p),
  }
  const { results, ops } = await runLowered({ x, dy }, [forward, backward], {
    y: { dtype: 'float32', shape: dy.shape },
    dx: { dtype: 'float32', shape: x.shape },
  })
  return { dx: results.dx, ops }
}
