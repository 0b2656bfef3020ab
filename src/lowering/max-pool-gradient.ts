import { sizeOf } from '../base/index.js'
import { int, ints, text, type ValueType } from '../onnx/index.js'
import { blockedMaxPoolGradient } from './blocked/pool.js'
import { type Formulation, row, type Site } from './formulation.js'
import { allOnes, type Sliding, slidingOf } from './geometry.js'
import { padSpatial, reshape, winnersAmong } from './phrases.js'

/**
 * temper::MaxPoolGradient(x, y, dy) -> dx, y the maxima of the windows of x.
 * Several equal maxima of one window share dy equally (a subgradient whose sum is dy; PyTorch gives
 * all of it to the first), except where windows overlap or leave gaps: there the first takes all.
 */

export interface Pooling extends Sliding {
  readonly batch: number
  readonly channels: number
  readonly input: readonly number[]
  readonly output: readonly number[]
}

type Choice = Formulation<Pooling>

function read(site: Site): Pooling {
  const x = site.b.shape(site.node.inputs[0])
  const output = site.b.shape(site.node.inputs[1]).slice(2)
  return { ...slidingOf(site), batch: x[0], channels: x[1], input: x.slice(2), output }
}

/** One window over everything: winners = [x = y], dx = winners dy / (their number). */
const whole: Choice = {
  name: 'one window',
  column: 'portable',
  applies: p =>
    allOnes(p.output) &&
    allOnes(p.dilations) &&
    p.input.every((size, i) => p.begins[i] === 0 && size <= p.kernel[i]),
  emit({ b, node }, p) {
    const [x, y, dy] = node.inputs
    const axes = p.input.map((_, i) => i + 2)
    const winners = winnersAmong(b, x, y)
    const count = b.emit('ReduceSum', [winners, b.ints(axes)], { keepdims: int(1) })
    return [b.emit('Mul', [winners, b.emit('Div', [dy, count])])]
  },
}

/**
 * Windows side by side: enlarge y and dy to the size of x, winners = [x = enlarged y].
 * HardSigmoid(3e38 t + 1) is 1 at t = 0 and 0 below: faster than Equal and Where.
 */
const sideBySide: Choice = {
  name: 'enlarge and compare',
  column: 'portable',
  applies: p => allOnes(p.dilations) && p.kernel.every((size, i) => size === p.strides[i]),
  emit({ b, node }, p) {
    const [x, y, dy] = node.inputs
    const grid = p.output.map((size, i) => size * p.kernel[i])
    const behind = grid.map((size, i) => size - p.input[i] - p.begins[i])
    const framed = padSpatial(b, x, p.begins, behind, -3e38)
    const winners = winnersAmong(b, framed, enlarge(b, y, p))
    const attributes = { kernel_shape: ints(p.kernel), strides: ints(p.strides) }
    const mean = b.emit('AveragePool', [winners], attributes)
    const count = b.emit('Mul', [mean, b.scalar(sizeOf(p.kernel))])
    const dx = b.emit('Mul', [winners, enlarge(b, b.emit('Div', [dy, count]), p)])
    return [padSpatial(b, dx, p.begins.map(minus), behind.map(minus))]
  },
}

const minus = (value: number) => (value === 0 ? 0 : -value)

/** Every element repeated over its window. */
function enlarge(b: Site['b'], x: string, { kernel }: Sliding): string {
  const scales = b.constant({
    dtype: 'float32',
    shape: [kernel.length + 2],
    data: Float32Array.from([1, 1, ...kernel]),
  })
  const attributes = {
    mode: text('nearest'),
    nearest_mode: text('floor'),
    coordinate_transformation_mode: text('asymmetric'),
  }
  return b.emit('Resize', [x, '', scales], attributes)
}

/** Any windows: the forward pool also tells which element won; dy is added up there. */
const scattered: Choice = {
  name: 'scatter to the winners',
  column: 'portable',
  applies: () => true,
  emit(site, p) {
    const { b, node } = site
    const [x, y, dy] = node.inputs
    const [size, count] = [sizeOf(b.shape(x)), sizeOf(b.shape(y))]
    const zeros = b.emit(
      'ConstantOfShape',
      [b.ints([size])],
      {},
      {
        types: [{ dtype: 'float32', shape: [size] }],
      },
    )
    const winners = reshape(b, winnersOf(site, p), [count])
    const flat = b.emit('ScatterElements', [zeros, winners, reshape(b, dy, [count])], {
      axis: int(0),
      reduction: text('add'),
    })
    return [reshape(b, flat, b.shape(x))]
  },
}

/** The second output of the pool that made y: flat indices of the maxima. */
function winnersOf({ b, node, producer }: Site, p: Pooling): string {
  const [x, y] = node.inputs
  const type: ValueType = { dtype: 'int64', shape: b.shape(y) }
  const pool = producer(y)
  if (pool?.op === 'MaxPool' && pool.domain === '' && pool.inputs[0] === x) {
    pool.outputs[1] ||= `${y}_indices`
    b.setType(pool.outputs[1], type)
    return pool.outputs[1]
  }
  const attributes = {
    kernel_shape: ints(p.kernel),
    strides: ints(p.strides),
    dilations: ints(p.dilations),
    pads: ints([...p.begins, ...p.ends]),
  }
  return b.emitMany('MaxPool', [x], attributes, { outputs: 2, types: [b.type(y), type] })[1]
}

export const maxPoolGradient = row(read, [blockedMaxPoolGradient, whole, sideBySide, scattered])
