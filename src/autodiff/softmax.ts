import { axisOf, pointwise, type Row } from './rule.js'

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
} satisfies Record<string, Row>
