import { text } from '../../src/onnx/index.js'
import { broadcastAt, Call, type Kernel, type Kernels, type Value } from './call.js'
import { elementwise } from './elementwise.js'
import { matmul, permuted, swapped } from './linear.js'

/** transBatch moves the axis before the matrix to the front; trans swaps the matrix's own axes. */
function operand(call: Call, index: number, side: 'A' | 'B'): Value {
  const value = call.value(index)
  const axes = [...value.shape.keys()]
  const last = axes.length - 1
  const batched = call.int(`transBatch${side}`, 0)
    ? permuted(value, [...axes.slice(1, last), 0, last])
    : value
  return call.int(`trans${side}`, 0) && last > 0 ? swapped(batched) : batched
}

const fusedMatMul: Kernel = call => {
  const product = matmul(operand(call, 0, 'A'), operand(call, 1, 'B'), call.outputs[0].shape)
  return [product.map(value => call.float('alpha', 1) * value)]
}

/** gelu of x plus an optional bias, exact or by tanh. */
const gelu =
  (approximate: 'none' | 'tanh'): Kernel =>
  call => {
    const data = call.fill(
      (index, flat) => call.data(0)[flat] + (call.has(1) ? broadcastAt(call.value(1), index) : 0),
    )
    const node = {
      name: '',
      op: 'Gelu',
      domain: '',
      inputs: ['x'],
      outputs: ['y'],
      attributes: { approximate: text(approximate) },
    }
    return elementwise.Gelu(new Call(node, new Map([['x', { ...call.value(0), data }]])))
  }

const quickGelu: Kernel = call => {
  const alpha = call.float('alpha', 1.702)
  return [call.data(0).map(x => x / (1 + Math.exp(-alpha * x)))]
}

/** (x + skip + bias), normalised over the last axis, times gamma plus beta. */
const skipLayerNormalization =
  (centred: boolean): Kernel =>
  call => {
    const biasAt = centred ? 4 : 3
    const added = call.fill((index, flat) => {
      const bias = call.has(biasAt) ? broadcastAt(call.value(biasAt), index) : 0
      return call.data(0)[flat] + broadcastAt(call.value(1), index) + bias
    })
    const width = call.shape(0)[call.shape(0).length - 1]
    const epsilon = call.float('epsilon', 1e-12)
    const rows = Array.from({ length: added.length / width }, (_, r) => {
      const row = added.slice(r * width, (r + 1) * width)
      const mean = centred ? row.reduce((a, b) => a + b, 0) / width : 0
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / width
      return { mean, inverse: 1 / Math.sqrt(variance + epsilon) }
    })
    const y = call.fill((index, flat) => {
      const { mean, inverse } = rows[Math.floor(flat / width)]
      const beta = centred && call.has(3) ? broadcastAt(call.value(3), index) : 0
      return (added[flat] - mean) * inverse * broadcastAt(call.value(2), index) + beta
    })
    return [y, Float64Array.from(rows, r => r.mean), Float64Array.from(rows, r => r.inverse), added]
  }

export const microsoft: Kernels = {
  BiasGelu: gelu('none'),
  FastGelu: gelu('tanh'),
  FusedMatMul: fusedMatMul,
  Gelu: gelu('none'),
  QuickGelu: quickGelu,
  SkipLayerNormalization: skipLayerNormalization(true),
  SkipSimplifiedLayerNormalization: skipLayerNormalization(false),
}
