import { int64Tensor, sizeOf } from '../base/index.js'
import { int, ints } from '../onnx/index.js'
import { add, conv, dense, layerNorm, type Net, type Value, xavier, zero } from './layers.js'

const width = 64
const heads = 4
const hidden = 256
const layers = 2

/**
 * A pre-norm encoder of two layers (width 64, 4 heads, 256 hidden) over a sequence
 * [position, feature], or over the square patches of an image; the mean over positions is classified.
 */
export function transformer(net: Net, input: Value, classes: number): Value {
  const tokens = input.shape.length === 3 ? patches(net, input) : linear(net, input, 'embed', width)
  const positions = net.parameter(
    'positions',
    [1, ...tokens.shape],
    random => 0.02 * random.normal(),
  )
  let x = net.node('Add', [tokens.name, positions], 'embedded', tokens.shape)
  for (let i = 1; i <= layers; i++) x = encoderLayer(net, x, `layer${i}`)
  const mean = meanOverPositions(net, layerNorm(net, x, 'norm'))
  return dense(net, mean, 'fc', classes)
}

/** The patch side: of 16, 8, 7, 4, 2 and 1 the largest that divides the image into 16 patches or more. */
export function patchSize(height: number, wide: number): number {
  const fits = (side: number) =>
    height % side === 0 && wide % side === 0 && (height / side) * (wide / side) >= 16
  return [16, 8, 7, 4, 2].find(fits) ?? 1
}

function patches(net: Net, input: Value): Value {
  const side = patchSize(input.shape[1], input.shape[2])
  const options = { channels: width, kernel: [side, side], stride: side, pad: 'none' } as const
  const grid = conv(net, input, 'embed', options)
  const count = sizeOf(grid.shape.slice(1))
  const rows = reshape(net, grid, 'embed.rows', [width, count])
  return net.node('Transpose', [rows.name], 'embed.patches', [count, width], {
    perm: ints([0, 2, 1]),
  })
}

/** x + attention(norm(x)), then x + mlp(norm(x)). Xiong et al. 2020. */
function encoderLayer(net: Net, x: Value, name: string): Value {
  const attended = attention(net, layerNorm(net, x, `${name}.norm1`), `${name}.attention`)
  const middle = add(net, x, attended, `${name}.sum1`)
  const wide = linear(net, layerNorm(net, middle, `${name}.norm2`), `${name}.fc1`, hidden)
  const active = net.node('Gelu', [wide.name], `${name}.gelu`, wide.shape)
  return add(net, middle, linear(net, active, `${name}.fc2`, width), `${name}.sum2`)
}

/** softmax(Q K^T / sqrt(width / heads)) V for each head. Vaswani et al. 2017, equation 1. */
function attention(net: Net, x: Value, name: string): Value {
  const [count] = x.shape
  const size = width / heads
  const query = split(net, linear(net, x, `${name}.query`, width), [0, 2, 1, 3])
  const key = split(net, linear(net, x, `${name}.key`, width), [0, 2, 3, 1])
  const value = split(net, linear(net, x, `${name}.value`, width), [0, 2, 1, 3])
  const raw = net.node('MatMul', [query.name, key.name], `${name}.raw`, [heads, count, count])
  const factor = net.factor(`${name}.factor`, 1 / Math.sqrt(size))
  const scores = net.node('Mul', [raw.name, factor], `${name}.scores`, raw.shape)
  const weights = net.node('Softmax', [scores.name], `${name}.weights`, raw.shape, {
    axis: int(-1),
  })
  const mixed = net.node('MatMul', [weights.name, value.name], `${name}.mixed`, [
    heads,
    count,
    size,
  ])
  const rows = net.node('Transpose', [mixed.name], `${name}.rows`, [count, heads, size], {
    perm: ints([0, 2, 1, 3]),
  })
  return linear(net, reshape(net, rows, `${name}.joined`, [count, width]), `${name}.output`, width)
}

/** [position, width] to heads, with the axes of [batch, position, head, size] in the given order. */
function split(net: Net, x: Value, order: readonly number[]): Value {
  const parts = [x.shape[0], heads, width / heads]
  const cut = reshape(net, x, `${x.name}.cut`, parts)
  const shape = order.slice(1).map(axis => parts[axis - 1])
  return net.node('Transpose', [cut.name], `${x.name}.heads`, shape, { perm: ints(order) })
}

/** x W + b on the last axis. */
function linear(net: Net, x: Value, name: string, to: number): Value {
  const from = x.shape[x.shape.length - 1]
  const weight = net.parameter(`${name}.weight`, [from, to], xavier(from, to))
  const bias = net.parameter(`${name}.bias`, [to], zero)
  const shape = [...x.shape.slice(0, -1), to]
  const product = net.node('MatMul', [x.name, weight], `${name}.product`, shape)
  return net.node('Add', [product.name, bias], name, shape)
}

/** A reshape that keeps the batch (a zero copies the size that stands there). */
function reshape(net: Net, x: Value, name: string, shape: readonly number[]): Value {
  net.graph.initializers.set(`${name}.shape`, int64Tensor([0, ...shape]))
  return net.node('Reshape', [x.name, `${name}.shape`], name, shape)
}

function meanOverPositions(net: Net, x: Value): Value {
  net.graph.initializers.set('mean.axes', int64Tensor([1]))
  return net.node('ReduceMean', [x.name, 'mean.axes'], 'mean', x.shape.slice(1), {
    keepdims: int(0),
  })
}
