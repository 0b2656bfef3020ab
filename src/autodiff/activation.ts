import { floatOf, textOf } from '../onnx/index.js'
import type { Maths } from './maths.js'
import { emitPrivate, pointwise, type Row, rule, type Scope } from './rule.js'

/** Activation functions; p below is [x > 0], and n is 1 - p. */
export const activationRules = {
  // y = max(x, 0): dx = dy [y > 0]
  Relu: pointwise(({ b, y, dy }) => emitPrivate(b, 'ReluGradient', [dy, y], {}, b.type(dy))),
  // y = (p + alpha n) x: dx = dy (alpha + (1 - alpha) p)
  LeakyRelu: pointwise(({ node, x, dy, mul, add, positive }) => {
    const alpha = floatOf(node, 'alpha', 0.01)
    return mul(dy, add(mul(positive(x), 1 - alpha), alpha))
  }),
  // y = (p + slope n) x: dx = dy (p + slope n), dslope = dy n x
  PRelu: rule(({ node, x, dy, mul, add, sub, positive }) => {
    const p = positive(x)
    const n = sub(1, p)
    return [mul(dy, add(p, mul(n, node.inputs[1]))), mul(dy, mul(n, x))]
  }),
  // y = [x > alpha] x: dx = dy [x > alpha]
  ThresholdedRelu: pointwise(({ node, x, dy, mul, sub, positive }) =>
    mul(dy, positive(sub(x, floatOf(node, 'alpha', 1)))),
  ),
  // y = x - bias above lambd, x + bias below -lambd, 0 between: dx = dy [|x| > lambd]
  Shrink: pointwise(({ node, x, dy, mul, sub, abs, positive }) =>
    mul(dy, positive(sub(abs(x), floatOf(node, 'lambd', 0.5)))),
  ),
  // y = p x + n alpha (e^x - 1): dx = dy (p + n (y + alpha))
  Elu: pointwise(scope => exponentialUnit(scope, 1, 1, floatOf(scope.node, 'alpha', 1))),
  // y = gamma (p x + n alpha (e^x - 1)): dx = dy (gamma p + n (y + gamma alpha))
  Selu: pointwise(scope => {
    const gamma = floatOf(scope.node, 'gamma', 1.0507009873554805)
    const alpha = floatOf(scope.node, 'alpha', 1.6732632423543772)
    return exponentialUnit(scope, gamma, 1, gamma * alpha)
  }),
  // y = p x + n alpha (e^(x / alpha) - 1): dx = dy (p + n (y / alpha + 1))
  Celu: pointwise(scope => exponentialUnit(scope, 1, 1 / floatOf(scope.node, 'alpha', 1), 1)),

  // y = 1 / (1 + e^-x): dx = dy y (1 - y)
  Sigmoid: pointwise(({ y, dy, mul, sub }) => mul(dy, mul(y, sub(1, y)))),
  // y = tanh x: dx = dy (1 - y^2)
  Tanh: pointwise(({ y, dy, mul, sub, square }) => mul(dy, sub(1, square(y)))),
  // y = ln(1 + e^x): dx = dy sigmoid(x)
  Softplus: pointwise(({ x, dy, mul, sigmoid }) => mul(dy, sigmoid(x))),
  // y = x / (1 + |x|): dx = dy / (1 + |x|)^2
  Softsign: pointwise(({ x, dy, div, add, abs, square }) => div(dy, square(add(abs(x), 1)))),
  // y = min(max(alpha x + beta, 0), 1): dx = dy alpha [0 < y < 1]
  HardSigmoid: pointwise(scope => {
    const { node, y, dy, mul } = scope
    return mul(dy, mul(insideUnit(scope, y), floatOf(node, 'alpha', 0.2)))
  }),
  // h = min(max(x / 6 + 1/2, 0), 1), y = x h: dx = dy (h + x / 6 [0 < h < 1])
  HardSwish: pointwise(scope => {
    const { x, dy, mul, add, hardSigmoid } = scope
    const h = hardSigmoid(x, 1 / 6, 0.5)
    return mul(dy, add(h, mul(mul(x, 1 / 6), insideUnit(scope, h))))
  }),
  // t = tanh(softplus(x)), y = x t: dx = dy (t + x (1 - t^2) sigmoid(x))
  Mish: pointwise(({ b, x, dy, mul, add, sub, square, tanh, sigmoid }) => {
    const t = tanh(b.emit('Softplus', [x]))
    return mul(dy, add(t, mul(mul(x, sub(1, square(t))), sigmoid(x))))
  }),
  Gelu: pointwise(scope => {
    const slope = textOf(scope.node, 'approximate', 'none') === 'tanh' ? tanhGeluSlope : geluSlope
    return scope.mul(scope.dy, slope(scope, scope.x))
  }),
} satisfies Record<string, Row>

/** dy (up p + n (y scale + offset)): the slope of Elu, Selu and Celu. */
function exponentialUnit(
  { x, y, dy, mul, add, sub, positive }: Scope,
  up: number,
  scale: number,
  offset: number,
): string {
  const p = positive(x)
  const below = add(scale === 1 ? y : mul(y, scale), offset)
  return mul(dy, add(up === 1 ? p : mul(p, up), mul(sub(1, p), below)))
}

/** [0 < h < 1] for h in [0, 1]: h (1 - h) is zero at both ends alone. */
const insideUnit = ({ mul, sub, positive }: Maths, h: string): string => positive(mul(h, sub(1, h)))

/** y = x sigmoid(alpha x), s = sigmoid(alpha x): dy/dx = s + alpha x s (1 - s). */
export function swishSlope({ mul, add, sub, sigmoid }: Maths, x: string, alpha: number): string {
  const u = alpha === 1 ? x : mul(x, alpha)
  const s = sigmoid(u)
  return add(s, mul(u, mul(s, sub(1, s))))
}

/**
 * y = x Phi(x): dy/dx = Phi(x) + x phi(x), of the normal distribution and density; with u = x / sqrt(2)
 * Phi = erf(u) / 2 + 1 / 2 and phi = exp(-ln sqrt(2 pi) - u^2).
 */
export function geluSlope(
  { mul, add, sub, exp, erf, square, hardSigmoid }: Maths,
  x: string,
): string {
  const u = mul(x, Math.SQRT1_2)
  const distribution = hardSigmoid(erf(u), 0.5, 0.5)
  const density = exp(sub(-Math.log(2 * Math.PI) / 2, square(u)))
  return add(distribution, mul(x, density))
}

/**
 * t = tanh(c (x + a x^3)), y = x (1 + t) / 2, c = sqrt(2 / pi), a = 0.044715:
 * dy/dx = (1 + t) / 2 + x (1 - t^2) c (1 + 3 a x^2) / 2.
 */
export function tanhGeluSlope({ mul, add, sub, square, tanh }: Maths, x: string): string {
  const c = Math.sqrt(2 / Math.PI)
  const a = 0.044715
  const xx = square(x)
  const t = tanh(mul(x, add(mul(xx, a * c), c)))
  const inner = mul(x, add(mul(xx, 1.5 * a * c), 0.5 * c))
  return add(mul(add(t, 1), 0.5), mul(sub(1, square(t)), inner))
}
