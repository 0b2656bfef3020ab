/** What activation noises put into a graph, in standard operators. */
import type { FormScope } from './types.js'

// Attributes, written out: this room loads no other at run time. The types are TensorProto's.
const float32 = { type: 'int', value: 1 } as const
const int32 = { type: 'int', value: 6 } as const
const keepdims = { type: 'int', value: 1 } as const

/** Keeps a division by the largest value of a sample that is all zero from giving no number. */
const tiny = 1e-30

/** a y + b + c max|y|, as far as the port has them. */
export function affine(scope: FormScope): string {
  const { b, y, input } = scope
  const [scale, shift, relative] = [input('scale'), input('shift'), input('relativeShift')]
  const scaled = scale ? b.emit('Mul', [y, scale]) : y
  const shifted = shift ? b.emit('Add', [scaled, shift]) : scaled
  if (!relative) return shifted
  const reach = scope.straightThrough(largestOf(scope))
  return b.emit('Add', [shifted, b.emit('Mul', [relative, reach])])
}

/**
 * d clip(round(y / d + dither), -steps, steps), d = limit / steps, where steps > 0, else y.
 * Backward the gradient passes where y is within the limit (Bengio et al. 2013).
 */
export function converted(scope: FormScope): string {
  const { b, y, input } = scope
  const steps = input('steps')!
  const own = b.emit('Mul', [input('own')!, scope.straightThrough(largestOf(scope))])
  const limit = b.emit('Max', [input('limit')!, own, b.scalar(tiny)])
  const dithered = b.emit('Add', [
    b.emit('Mul', [b.emit('Div', [y, limit]), steps]),
    ditherOf(scope),
  ])
  const counted = b.emit('Round', [dithered])
  const kept = b.emit('Max', [b.emit('Min', [counted, steps]), b.emit('Neg', [steps])])
  const value = b.emit('Div', [b.emit('Mul', [kept, limit]), steps])
  const isInside = b.emit('LessOrEqual', [b.emit('Abs', [y]), limit])
  const inside = b.emit('Cast', [isInside], { to: float32 })
  const passed = scope.straightThrough(value, b.emit('Mul', [y, inside]))
  return b.emit('Where', [b.emit('Greater', [steps, b.scalar(0)]), passed, y])
}

const ditherOf = ({ b, input }: FormScope): string => input('dither') ?? b.scalar(0)

/**
 * y + ((q xor mask) - q) d, q = round(y / d) as an integer, d = max|y| / steps: y itself where no bit
 * flips. Backward the gradient is that of y.
 */
export function flipped(scope: FormScope): string {
  const { b, y, input } = scope
  const steps = b.emit('Max', [input('steps')!, b.scalar(1)])
  const limit = b.emit('Max', [largestOf(scope), b.scalar(tiny)])
  const step = b.emit('Div', [limit, steps])
  const whole = (value: string) => b.emit('Cast', [value], { to: int32 })
  const q = b.emit('Round', [b.emit('Div', [y, step])])
  const struck = b.emit('BitwiseXor', [whole(q), whole(input('mask')!)])
  const moved = b.emit('Sub', [b.emit('Cast', [struck], { to: float32 }), q])
  const change = scope.straightThrough(b.emit('Mul', [moved, step]))
  return b.emit('Add', [y, change])
}

/**
 * d clip(round(y / d), -z, steps - z), d = (high - low) / steps, z = round(-low / d), where low and high
 * are the least and the greatest value of the sample and zero; y where steps = 0. Zero stays zero.
 */
export function quantized(scope: FormScope): string {
  const { b, y, input } = scope
  const steps = input('steps')!
  const [zero, axes] = [b.scalar(0), b.ints(innerAxes(scope))]
  const keep = { keepdims }
  const low = b.emit('Min', [b.emit('ReduceMin', [y, axes], keep), zero])
  const high = b.emit('Max', [b.emit('ReduceMax', [y, axes], keep), zero])
  const range = b.emit('Max', [b.emit('Sub', [high, low]), b.scalar(tiny)])
  const step = b.emit('Div', [range, steps])
  const least = b.emit('Round', [b.emit('Div', [low, step])])
  const counted = b.emit('Round', [b.emit('Add', [b.emit('Div', [y, step]), ditherOf(scope)])])
  const most = b.emit('Add', [least, steps])
  const kept = b.emit('Max', [b.emit('Min', [counted, most]), least])
  const passed = scope.straightThrough(b.emit('Mul', [kept, step]), y)
  return b.emit('Where', [b.emit('Greater', [steps, zero]), passed, y])
}

const innerAxes = ({ b, y }: FormScope): number[] => [...b.shape(y).keys()].slice(1)

/** max|y| of each sample, `[batch, 1, ...]`. */
function largestOf(scope: FormScope): string {
  const { b, y } = scope
  const axes = innerAxes(scope)
  return b.emit('ReduceMax', [b.emit('Abs', [y]), b.ints(axes)], { keepdims })
}
