import { reducedAxes, Site } from '../onnx/index.js'
import { type Row, type Rule, rule, type Scope } from './rule.js'

interface Reduction extends Scope {
  /** The axes summed over, from the front. */
  readonly axes: readonly number[]
  /** How many elements of x make one of y. */
  readonly count: number
  /** y and dy with the reduced axes kept at size 1, so that they broadcast against x. */
  readonly kept: { readonly y: string; readonly dy: string }
}

/** Reductions; y and dy below stand with the reduced axes kept at size 1. */
export const reductionRules = {
  // y = sum of x: dx = dy
  ReduceSum: reduce(({ kept }) => kept.dy),
  // y = sum of x / n: dx = dy / n
  ReduceMean: reduce(({ kept, count, mul }) => mul(kept.dy, 1 / count)),
  ReduceMax: reduce(extreme),
  ReduceMin: reduce(extreme),
  ReduceProd: reduce(product),
  // y = sum of |x|: dx = dy sign(x)
  ReduceL1: reduce(({ x, kept, mul, sign }) => mul(kept.dy, sign(x))),
  // y = sqrt(sum of x^2): dx = dy x / y, and 0 where y = 0
  ReduceL2: reduce(({ b, x, kept, mul, div, add, equal }) => {
    const nonzero = add(kept.y, equal(kept.y, b.scalar(0, b.dtype(x))))
    return mul(x, div(kept.dy, nonzero))
  }),
  // y = sum of x^2: dx = 2 dy x
  ReduceSumSquare: reduce(({ x, kept, mul }) => mul(x, mul(kept.dy, 2))),
  // y = ln(sum of x): dx = dy / e^y
  ReduceLogSum: reduce(({ kept, div, exp }) => div(kept.dy, exp(kept.y))),
  // y = ln(sum of e^x): dx = dy e^(x - y)
  ReduceLogSumExp: reduce(({ x, kept, mul, exp, sub }) => mul(kept.dy, exp(sub(x, kept.y)))),
} satisfies Record<string, Row>

/** A rule that sees the reduced axes; without any, every element is reduced alone. */
function reduce(dx: (scope: Reduction) => string): Rule {
  return rule(scope => {
    const { b, node, x, y, dy, reshape } = scope
    const shape = b.shape(x)
    const axes = reducedAxes(new Site(node, b))
    const keptShape = shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    const count = axes.reduce((product, axis) => product * shape[axis], 1)
    const kept = { y: reshape(y, keptShape), dy: reshape(dy, keptShape) }
    return [dx({ ...scope, axes, count, kept })]
  })
}

/** y = max or min of x: dx = dy [x = y] / (how many are equal to y). */
function extreme({ x, kept, axes, mul, div, sum, equal }: Reduction): string {
  const chosen = equal(x, kept.y)
  return mul(chosen, div(kept.dy, sum(chosen, axes)))
}

/**
 * y = product of x: dx_i = dy (product of the others). With u = x where x is not 0 and 1 elsewhere,
 * that is dy (product of u) / u_i where no other element is 0, and 0 where one is.
 */
function product({ b, x, kept, axes, mul, div, add, sub, sum, equal }: Reduction): string {
  const zero = b.scalar(0, b.dtype(x))
  const isZero = equal(x, zero)
  const u = add(x, isZero)
  const all = axes.length ? b.emit('ReduceProd', [u, b.ints(axes)]) : u
  const otherZeros = sub(sum(isZero, axes), isZero)
  return mul(mul(kept.dy, div(all, u)), equal(otherZeros, zero))
}
