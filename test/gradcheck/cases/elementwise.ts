import { scalarTensor, tensor } from '../../../src/base/index.js'
import { type Attributes, dataTypeCodes, int } from '../../../src/onnx/index.js'
import type { Case, CaseMaker, Cases } from '../case.js'
import type { Draw } from '../draw.js'

/** One input in [low, high), away from kinks. */
export const unary =
  (
    low: number,
    high: number,
    avoid: readonly number[] = [],
    attributes: (draw: Draw) => Attributes = () => ({}),
  ): CaseMaker =>
  draw => {
    const shape = draw.shape(draw.int(0, 4))
    return { inputs: [draw.reals(shape, low, high, avoid)], attributes: attributes(draw) }
  }

/** Two inputs that broadcast, either the larger. */
function pair(draw: Draw, low = -2, high = 2, avoid: readonly number[] = []): Case {
  const shape = draw.shape(draw.int(0, 4))
  const both = [draw.reals(shape, -2, 2), draw.reals(draw.broadcastable(shape), low, high, avoid)]
  if (!draw.chance(0.3)) return { inputs: both }
  return {
    inputs: [draw.reals(draw.broadcastable(shape), -2, 2), draw.reals(shape, low, high, avoid)],
  }
}

/** One to four inputs that broadcast to one shape, no two elements nearly equal. */
const several: CaseMaker = draw => {
  const shape = draw.shape(draw.int(1, 3))
  const count = draw.int(1, 4)
  const shapes = [shape, ...Array.from({ length: count - 1 }, () => draw.broadcastable(shape))]
  const sizes = shapes.map(own => own.reduce((product, size) => product * size, 1))
  const values = draw.distinct([sizes.reduce((sum, size) => sum + size, 0)]).data as Float32Array
  let used = 0
  const inputs = shapes.map((own, i) => {
    used += sizes[i]
    return tensor('float32', own, values.slice(used - sizes[i], used))
  })
  return { inputs }
}

/** Exponents of every kind: constant 2, 0.5, 0, others; whole numbers of integer type; computed. */
const power: CaseMaker = (draw, index) => {
  const shape = draw.shape(draw.int(0, 3))
  const fixed = [2, 0.5, 0, 1, 3, -1.5][index]
  if (fixed !== undefined)
    return { inputs: [draw.reals(shape, 0.3, 2), scalarTensor(fixed, 'float32')], constants: [1] }
  if (index < 10)
    return { inputs: [draw.reals(shape, -2, 2, [0]), scalarTensor(index - 6, 'int64')] }
  return { inputs: [draw.reals(shape, 0.3, 2), draw.reals(draw.broadcastable(shape))] }
}

/** With either bound, both or none, left out or given. */
const clip: CaseMaker = (draw, index) => {
  const [low, high] = [draw.real(-1, -0.2), draw.real(0.2, 1)].map(Math.fround)
  const bounds = [
    index % 4 > 1 ? undefined : scalarTensor(low, 'float32'),
    index % 2 ? undefined : scalarTensor(high, 'float32'),
  ]
  return { inputs: [draw.reals(draw.shape(draw.int(0, 4)), -2, 2, [low, high]), ...bounds] }
}

const choice: CaseMaker = draw => {
  const shape = draw.shape(draw.int(0, 4))
  const [c, u, v] = draw.pick(
    [draw.broadcastable(shape), shape, draw.broadcastable(shape)],
    [shape, draw.broadcastable(shape), draw.broadcastable(shape)],
  )
  const bits = draw.reals(c).data as Float32Array
  const condition = tensor(
    'bool',
    c,
    Uint8Array.from(bits, x => (x > 0 ? 1 : 0)),
  )
  return { inputs: [condition, draw.reals(u), draw.reals(v)], constants: draw.pick([], [0]) }
}

export const elementwiseCases: Cases = {
  Add: draw => pair(draw),
  Sub: draw => pair(draw),
  Mul: draw => pair(draw),
  Div: draw => pair(draw, 0.5, 2),
  Pow: power,
  // the remainder jumps where x / y is whole: y is kept larger than x, or x between multiples
  Mod: draw => {
    const shape = draw.shape(draw.int(0, 3))
    const x = draw.reals(shape, -5.8, 5.8, [-6, -4, -2, 0, 2, 4, 6], 0.3)
    return {
      inputs: [x, draw.reals(draw.broadcastable(shape), 1.96, 2.04)],
      attributes: { fmod: int(1) },
    }
  },
  Sum: several,
  Mean: several,
  Max: several,
  Min: several,
  Where: choice,
  Clip: clip,
  Identity: unary(-2, 2),
  Cast: unary(-2, 2, [], () => ({ to: int(dataTypeCodes.float32) })),
  CastLike: draw => ({
    inputs: [draw.reals(draw.shape(draw.int(0, 4))), scalarTensor(1, 'float32')],
    wrt: [0],
  }),
  Neg: unary(-2, 2),
  Abs: unary(-2, 2, [0]),
  Reciprocal: unary(0.3, 2),
  Sqrt: unary(0.2, 4),
  Exp: unary(-2, 2),
  Log: unary(0.2, 4),
  Erf: unary(-2, 2),
  Sin: unary(-4, 4),
  Cos: unary(-4, 4),
  Tan: unary(-1.2, 1.2),
  Asin: unary(-0.9, 0.9),
  Acos: unary(-0.9, 0.9),
  Atan: unary(-3, 3),
  Sinh: unary(-2, 2),
  Cosh: unary(-2, 2),
  Asinh: unary(-3, 3),
  Acosh: unary(1.2, 4),
  Atanh: unary(-0.9, 0.9),
}
