import { isFloat } from '../base/index.js'
import { inputOf, linear, pointwise, type Row, rule, type Scope } from './rule.js'

/** Arithmetic and elementary functions, element by element with broadcasting. */
export const elementwiseRules = {
  // z = x + y: dx = dz, dy = dz
  Add: rule(({ dy }) => [dy, dy]),
  // z = x - y: dx = dz, dy = -dz
  Sub: rule(({ dy, neg }) => [dy, neg(dy)]),
  // z = x y: dx = dz y, dy = dz x
  Mul: rule(({ node, dy, mul }) => [mul(dy, node.inputs[1]), mul(dy, node.inputs[0])]),
  // z = x / y: dx = dz / y, dy = -dz z / y
  Div: rule(({ node, y, dy, div, mul, neg }) => {
    const dx = div(dy, node.inputs[1])
    return [dx, neg(mul(dx, y))]
  }),
  Pow: rule(power),
  // z = x - trunc(x / y) y: dx = dz, dy = -dz trunc(x / y) = dz (z - x) / y
  Mod: rule(({ node, x, y, dy, mul, sub, div }) => [dy, mul(dy, div(sub(y, x), node.inputs[1]))]),
  // y = sum of x_i: dx_i = dy
  Sum: rule(({ node, dy }) => node.inputs.map(() => dy)),
  // y = sum of x_i / n: dx_i = dy / n
  Mean: rule(({ node, dy, mul }) => {
    const share = mul(dy, 1 / node.inputs.length)
    return node.inputs.map(() => share)
  }),
  Max: rule(extremum),
  Min: rule(extremum),
  // y = c ? u : v: du = dy [c], dv = dy - du
  Where: rule(({ node, dy, mul, sub, cast }) => {
    const du = mul(dy, cast(node.inputs[0], dy))
    return [undefined, du, sub(dy, du)]
  }),
  // y = min(max(x, low), high): dx = dy [x = y], dlow = dy [x < low], dhigh = dy [x > high]
  Clip: rule(({ node, x, y, dy, mul, sub, equal, positive }) => {
    const [low, high] = [inputOf(node, 1), inputOf(node, 2)]
    return [
      mul(dy, equal(x, y)),
      low && mul(dy, positive(sub(low, x))),
      high && mul(dy, positive(sub(x, high))),
    ]
  }),

  // y = x
  Identity: linear(({ dy }) => dy),
  // y = x in another floating-point type
  Cast: rule(({ b, x, dy, cast }) => [isFloat(b.dtype(x)) ? cast(dy, x) : undefined]),
  CastLike: rule(({ b, x, dy, cast }) => [isFloat(b.dtype(x)) ? cast(dy, x) : undefined]),
  // y = -x
  Neg: linear(({ dy, neg }) => neg(dy)),
  // y = |x|: dx = dy sign(x)
  Abs: pointwise(({ x, dy, mul, sign }) => mul(dy, sign(x))),
  // y = 1 / x: dx = -dy y^2
  Reciprocal: pointwise(({ y, dy, mul, neg, square }) => neg(mul(dy, square(y)))),
  // y = sqrt(x): dx = dy / (2 y)
  Sqrt: pointwise(({ y, dy, mul, div }) => div(mul(dy, 0.5), y)),
  // y = e^x: dx = dy y
  Exp: pointwise(({ y, dy, mul }) => mul(dy, y)),
  // y = ln x: dx = dy / x
  Log: pointwise(({ x, dy, div }) => div(dy, x)),
  // y = erf(x): dx = dy 2/sqrt(pi) e^(-x^2)
  Erf: pointwise(({ x, dy, mul, exp, neg, square }) =>
    mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
  ),

  // y = sin x: dx = dy cos x
  Sin: pointwise(({ x, dy, mul, cos }) => mul(dy, cos(x))),
  // y = cos x: dx = -dy sin x
  Cos: pointwise(({ x, dy, mul, sin, neg }) => neg(mul(dy, sin(x)))),
  // y = tan x: dx = dy (1 + y^2)
  Tan: pointwise(({ y, dy, mul, add, square }) => mul(dy, add(square(y), 1))),
  // y = asin x: dx = dy / sqrt(1 - x^2)
  Asin: pointwise(({ x, dy, div, sqrt, sub, square }) => div(dy, sqrt(sub(1, square(x))))),
  // y = acos x: dx = -dy / sqrt(1 - x^2)
  Acos: pointwise(({ x, dy, div, neg, sqrt, sub, square }) =>
    neg(div(dy, sqrt(sub(1, square(x))))),
  ),
  // y = atan x: dx = dy / (1 + x^2)
  Atan: pointwise(({ x, dy, div, add, square }) => div(dy, add(square(x), 1))),
  // y = sinh x: dx = dy cosh x
  Sinh: pointwise(({ b, x, dy, mul }) => mul(dy, b.emit('Cosh', [x]))),
  // y = cosh x: dx = dy sinh x
  Cosh: pointwise(({ b, x, dy, mul }) => mul(dy, b.emit('Sinh', [x]))),
  // y = asinh x: dx = dy / sqrt(x^2 + 1)
  Asinh: pointwise(({ x, dy, div, sqrt, add, square }) => div(dy, sqrt(add(square(x), 1)))),
  // y = acosh x: dx = dy / sqrt(x^2 - 1)
  Acosh: pointwise(({ x, dy, div, sqrt, sub, square }) => div(dy, sqrt(sub(square(x), 1)))),
  // y = atanh x: dx = dy / (1 - x^2)
  Atanh: pointwise(({ x, dy, div, sub, square }) => div(dy, sub(1, square(x)))),
} satisfies Record<string, Row>

/**
 * z = x^p: dx = dz p x^(p - 1), and 0 where p = 0; dp = dz z ln x, and 0 where x = 0.
 * A number for p gives the short forms; p may have an integer type of its own.
 */
function power({ b, node, x, y, dy, add, sub, mul, div, pow, log, equal, cast }: Scope) {
  const exponent = node.inputs[1]
  const constant = b.tensor(exponent)
  const number = constant?.data.length === 1 ? Number(constant.data[0]) : undefined
  if (number === 2) return [mul(dy, mul(x, 2))]
  if (number === 0.5) return [div(mul(dy, 0.5), y)]
  const p = cast(exponent, x)
  const zero = b.scalar(0, b.dtype(x))
  const lower = add(sub(p, 1), equal(p, zero))
  return [mul(dy, mul(p, pow(x, lower))), mul(dy, mul(y, log(add(x, equal(x, zero)))))]
}

/** y = max or min of x_i: dx_i = dy [x_i = y] / (how many are equal to y). */
function extremum({ b, node, y, dy, mul, div, equal }: Scope) {
  if (node.inputs.length === 1) return [dy]
  const chosen = node.inputs.map(x => equal(x, y))
  const share = div(dy, b.emit('Sum', chosen))
  return chosen.map(mask => mul(share, mask))
}
