import { type Builder, int, intOf, type Node, textOf } from '../onnx/index.js'
import { type Maths, maths } from './maths.js'
import { oneHot } from './one-hot.js'
import { axisOf, inputOf, pointwise, type Row, rule } from './rule.js'

/** Softmax and its logarithm along one axis. */
export const softmaxRules = {
  // y = softmax(x): dx = y (dy - sum of dy y)
  Softmax: pointwise(({ b, node, y, dy, mul, sub, sum }) =>
    mul(y, sub(dy, sum(mul(dy, y), [axisOf(b, node, -1)]))),
  ),
  // y = ln softmax(x): dx = dy - e^y (sum of dy)
  LogSoftmax: pointwise(({ b, node, y, dy, mul, sub, sum, exp }) =>
    sub(dy, mul(exp(y), sum(dy, [axisOf(b, node, -1)]))),
  ),
  // l = reduced -sum of h x, h = weight one-hot(label): dx = -dl h
  NegativeLogLikelihoodLoss: rule(scope => [logGradient(scope, scope.dy)]),
  // the same with x = logP = ln softmax(s), itself an output: ds = dlogP - e^logP (sum of dlogP)
  SoftmaxCrossEntropyLoss: (b, node, [dl, dlogP]) => {
    const { add, sub, mul, exp, sum } = maths(b)
    const own = dl && logGradient({ ...maths(b), b, node }, dl)
    const d = own && dlogP ? add(own, dlogP) : (own ?? dlogP)
    if (!d) return []
    const logP = b.emit('LogSoftmax', [node.inputs[0]], { axis: int(1) })
    return [sub(d, mul(exp(logP), sum(d, [1])))]
  },
} satisfies Record<string, Row>

type Site = Maths & { readonly b: Builder; readonly node: Node }

/** Gradient of a reduced -sum of h x by x [batch, classes, ...]: -dl h, / (sum of h) for a mean. */
function logGradient(site: Site, dl: string): string {
  const { b, node, reshape, neg, mul, div, sum } = site
  const [x, labels] = node.inputs
  const h = weightedLabels(site)
  const reduction = textOf(node, 'reduction', 'mean')
  if (reduction === 'sum') return neg(mul(h, dl))
  if (reduction === 'none') {
    const [batch, ...rest] = b.shape(labels)
    return neg(mul(h, reshape(dl, [batch, 1, ...rest])))
  }
  const total = sum(h, [...b.shape(x).keys()])
  return neg(mul(h, div(dl, reshape(total, []))))
}

/** h [batch, classes, ...]: its class's weight at the label, 0 elsewhere and where ignored. */
function weightedLabels({ b, node, mul, sub, reshape, cast }: Site): string {
  const [x, labels] = node.inputs
  const weight = inputOf(node, 2)
  const [batch, classes, ...rest] = b.shape(x)
  let h = oneHot(b, labels, classes, 1, b.dtype(x))
  if (node.attributes.ignore_index) {
    const index = b.scalar(intOf(node, 'ignore_index', 0), b.dtype(labels))
    const ignored = cast(b.emit('Equal', [labels, index]), x)
    h = mul(h, sub(1, reshape(ignored, [batch, 1, ...rest])))
  }
  return weight ? mul(h, reshape(weight, [1, classes, ...rest.map(() => 1)])) : h
}
