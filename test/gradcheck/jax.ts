import './jax-globals.js'
import { type Array as JaxArray, lax, nn, numpy as np, vjp } from '@jax-js/jax'
import { isFloat, type Tensor, toNumbers } from '../../src/base/index.js'
import {
  convWindow,
  floatOf,
  intOf,
  intsOf,
  type Node,
  Site,
  textOf,
} from '../../src/onnx/index.js'
import type { Differentiated } from './check.js'

/** One node in jax-js: its floating-point inputs, the node, and all inputs' values. */
type Oracle = (x: JaxArray[], node: Node, values: readonly (Tensor | undefined)[]) => JaxArray

const one =
  (f: (x: JaxArray) => JaxArray): Oracle =>
  ([x]) =>
    f(x)
const two =
  (f: (x: JaxArray, y: JaxArray) => JaxArray): Oracle =>
  ([x, y]) =>
    f(x, y)

/** A reduction over the axes given, or all of them. */
const reduced =
  (f: (x: JaxArray, axis: number[], options: { keepdims: boolean }) => JaxArray): Oracle =>
  ([x], node, values) => {
    const given = values[1] ? toNumbers(values[1]) : []
    const axes = given.length ? given : x.shape.map((_, axis) => axis)
    return f(x, axes, { keepdims: intOf(node, 'keepdims', 1) === 1 })
  }

/** Any number of spatial axes, groups, dilations and uneven pads; the bias along the channels. */
const convolution: Oracle = ([x, w, bias], node, values) => {
  const types = new Map(values.flatMap((t, i) => (t ? [[node.inputs[i], t]] : [])))
  const known = { knownType: (name: string) => types.get(name), tensor: () => undefined }
  const { strides, pads, dilations } = convWindow(new Site(node, known))
  const padding = strides.map((_, i): [number, number] => [pads[i], pads[i + strides.length]])
  const y = lax.convGeneralDilated(x, w, strides, padding, {
    rhsDilation: dilations,
    featureGroupCount: intOf(node, 'group', 1),
  })
  return bias ? y.add(bias.reshape([1, -1, ...strides.map(() => 1)])) : y
}

/** What jax-js computes and differentiates by itself, without anything of ours. */
export const oracles: Readonly<Record<string, Oracle>> = {
  Add: two((x, y) => x.add(y)),
  Sub: two((x, y) => x.sub(y)),
  Mul: two((x, y) => x.mul(y)),
  Div: two((x, y) => x.div(y)),
  Max: x => x.reduce((a, b) => np.maximum(a, b)),
  Min: x => x.reduce((a, b) => np.minimum(a, b)),
  Sum: x => x.reduce((a, b) => a.add(b)),
  Neg: one(x => x.neg()),
  Abs: one(np.abs),
  Reciprocal: one(np.reciprocal),
  Sqrt: one(np.sqrt),
  Exp: one(np.exp),
  Log: one(np.log),
  Sin: one(np.sin),
  Cos: one(np.cos),
  Tan: one(np.tan),
  Asin: one(np.arcsin),
  Acos: one(np.arccos),
  Atan: one(np.arctan),
  Sinh: one(np.sinh),
  Cosh: one(np.cosh),
  Asinh: one(np.arcsinh),
  Acosh: one(np.arccosh),
  Atanh: one(np.arctanh),
  Sigmoid: one(nn.sigmoid),
  Tanh: one(np.tanh),
  Relu: one(nn.relu),
  LeakyRelu: ([x], node) => nn.leakyRelu(x, floatOf(node, 'alpha', 0.01)),
  Elu: ([x], node) => nn.elu(x, floatOf(node, 'alpha', 1)),
  Celu: ([x], node) => nn.celu(x, floatOf(node, 'alpha', 1)),
  Softplus: one(nn.softplus),
  Softsign: one(nn.softSign),
  HardSwish: one(nn.hardSilu),
  Mish: one(nn.mish),
  Gelu: ([x], node) => nn.gelu(x, { approximate: textOf(node, 'approximate', 'none') === 'tanh' }),
  Softmax: ([x], node) => nn.softmax(x, intOf(node, 'axis', -1)),
  LogSoftmax: ([x], node) => nn.logSoftmax(x, intOf(node, 'axis', -1)),
  ReduceSum: reduced(np.sum),
  ReduceMean: reduced(np.mean),
  ReduceMax: reduced(np.max),
  ReduceMin: reduced(np.min),
  ReduceSumSquare: reduced((x, axes, options) => np.sum(np.square(x), axes, options)),
  ReduceLogSumExp: reduced((x, axes, options) => nn.logsumexp(x, axes, options)),
  MatMul: two(np.matmul),
  Conv: convolution,
  Transpose: ([x], node) => np.transpose(x, intsOf(node, 'perm', undefined)),
  Reshape: ([x], _, values) => x.reshape(toNumbers(values[1]!)),
  Concat: (x, node) => np.concatenate(x, intOf(node, 'axis', 0)),
  Tile: ([x], _, values) => np.tile(x, toNumbers(values[1]!)),
  Expand: ([x], _, values) => np.broadcastTo(x, toNumbers(values[1]!)),
}

/** Gradients by jax-js, in double precision, of one node whose only gradient comes to output 0. */
export function jaxGradients(op: string, node: Differentiated): Float64Array[] {
  const values = node.forward.nodes[0].inputs.map(name => node.feeds.get(name))
  const floats = values.flatMap(value => (value && isFloat(value.dtype) ? [toJax(value)] : []))
  const f = (...x: JaxArray[]) => oracles[op](x, node.forward.nodes[0], values)
  const [y, back] = vjp(f, floats as never)
  ;(y as JaxArray).dispose()
  const [[, seed]] = node.seeds.values()
  const gradients = back(toJax(seed) as never) as unknown as JaxArray[]
  return gradients.map(dx => Float64Array.from(dx.dataSync() as Float64Array))
}

const toJax = (value: Tensor): JaxArray =>
  np.array(Float64Array.from(toNumbers(value)), { dtype: np.float64 }).reshape([...value.shape])
