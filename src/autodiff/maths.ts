import { sameShape } from '../base/index.js'
import { type Builder, dataTypeCodes, float, int, ints } from '../onnx/index.js'

/** A value's name, or a number that becomes a constant of the other operand's type. */
export type Operand = string | number

/** Arithmetic on names, so that rules read like their formulas. Unknown shapes do not occur. */
export interface Maths {
  add(a: Operand, b: Operand): string
  sub(a: Operand, b: Operand): string
  mul(a: Operand, b: Operand): string
  div(a: Operand, b: Operand): string
  pow(a: Operand, b: Operand): string
  neg(x: string): string
  abs(x: string): string
  exp(x: string): string
  log(x: string): string
  sqrt(x: string): string
  square(x: string): string
  reciprocal(x: string): string
  sin(x: string): string
  cos(x: string): string
  tanh(x: string): string
  erf(x: string): string
  sigmoid(x: string): string
  sign(x: string): string
  /** min(max(alpha x + beta, 0), 1). */
  hardSigmoid(x: string, alpha: number, beta: number): string
  /** 1 where x > 0, else 0; NaN stays NaN. HardSigmoid is the fastest step in ONNX Runtime. */
  positive(x: string): string
  /** 1 where x >= 0, else 0. */
  notNegative(x: string): string
  /** 1 where the two are equal, else 0; of the type of `a`. */
  equal(a: string, b: string): string
  /** x in the element type of `like`; a condition becomes 0 and 1. */
  cast(x: string, like: string): string
  /** Sum over axes that are kept with size 1; no axes: x itself. */
  sum(x: string, axes: readonly number[]): string
  mean(x: string, axes: readonly number[]): string
  reshape(x: string, shape: readonly number[]): string
  expand(x: string, shape: readonly number[]): string
  transpose(x: string, permutation: readonly number[]): string
}

/** Nearly the largest float32: a ramp so steep is a step. */
const steep = 3e38

/** The arithmetic of one builder. */
export function maths(b: Builder): Maths {
  const unary = (op: string) => (x: string) => b.emit(op, [x])
  const binary = (op: string) => (x: Operand, y: Operand) => b.emit(op, operands(b, x, y))
  const hardSigmoid = (x: string, alpha: number, beta: number) =>
    b.emit('HardSigmoid', [x], { alpha: float(alpha), beta: float(beta) })
  const reduce = (op: string) => (x: string, axes: readonly number[]) =>
    axes.length ? b.emit(op, [x, b.ints(axes)], { keepdims: int(1) }) : x
  const cast = (x: string, like: string) =>
    b.dtype(x) === b.dtype(like)
      ? x
      : b.emit('Cast', [x], { to: int(dataTypeCodes[b.dtype(like)]) })
  return {
    ...{ add: binary('Add'), sub: binary('Sub'), mul: binary('Mul'), div: binary('Div') },
    ...{ pow: binary('Pow'), neg: unary('Neg'), abs: unary('Abs'), exp: unary('Exp') },
    ...{ log: unary('Log'), sqrt: unary('Sqrt'), square: x => b.emit('Mul', [x, x]) },
    ...{ reciprocal: unary('Reciprocal'), sin: unary('Sin'), cos: unary('Cos') },
    ...{ tanh: unary('Tanh'), erf: unary('Erf'), sigmoid: unary('Sigmoid'), sign: unary('Sign') },
    ...{ hardSigmoid, positive: x => hardSigmoid(x, steep, 0), cast },
    notNegative: x => hardSigmoid(x, steep, 1),
    equal: (x, y) => cast(b.emit('Equal', [x, y]), x),
    ...{ sum: reduce('ReduceSum'), mean: reduce('ReduceMean') },
    reshape: (x, shape) =>
      sameShape(b.shape(x), shape) ? x : b.emit('Reshape', [x, b.ints(shape)]),
    expand: (x, shape) => (sameShape(b.shape(x), shape) ? x : b.emit('Expand', [x, b.ints(shape)])),
    transpose: (x, perm) =>
      perm.every((axis, i) => axis === i) ? x : b.emit('Transpose', [x], { perm: ints(perm) }),
  }
}

function operands(b: Builder, x: Operand, y: Operand): string[] {
  if (typeof x === 'number') return [b.scalar(x, b.dtype(y as string)), y as string]
  return [x, typeof y === 'number' ? b.scalar(y, b.dtype(x)) : y]
}
