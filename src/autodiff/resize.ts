import { sameShape, sizeOf, tensor } from '../base/index.js'
import { type Builder, ints, resizePlan, Site, textOf } from '../onnx/index.js'
import { resizeWeights } from './resize-weights.js'
import { forbidden, inputOf, type Row, rule, type Scope } from './rule.js'

/** Resize is linear in x, one axis after another: y = W x along each, so dx = W^T dy along each. */

interface Axis {
  readonly axis: number
  readonly input: number
  readonly output: number
  readonly weights: Float64Array
}

const Resize = rule(scope => {
  if (isAmbiguous(scope))
    return forbidden('crops by scales or at its own size, which runtimes do in different ways')
  const axes = axesOf(scope).filter(axis => !isIdentity(axis))
  if (!axes.length) return [scope.dy]
  if (axes.every(isBlocks)) return [sumOfBlocks(scope, axes)]
  return [axes.reduce((dy, axis) => transposed(scope, dy, axis), scope.dy)]
})

/** ONNX Runtime takes no crop into account when it sizes by scales, and copies at equal sizes. */
function isAmbiguous({ b, node, x, y }: Scope): boolean {
  const mode = textOf(node, 'coordinate_transformation_mode', 'half_pixel')
  return (
    mode === 'tf_crop_and_resize' &&
    (inputOf(node, 3) === undefined || sameShape(b.shape(x), b.shape(y)))
  )
}

function axesOf({ b, node, x }: Scope): Axis[] {
  const plan = resizePlan(new Site(node, b))
  const rank = plan.output.length
  return b.shape(x).map((input, axis) => {
    const roi = [plan.roi?.[axis] ?? 0, plan.roi?.[axis + rank] ?? 1] as const
    const [output, scale] = [plan.output[axis], Math.fround(plan.scales[axis])]
    return { axis, input, output, weights: resizeWeights(node, { input, output, scale, roi }) }
  })
}

/** Whether output i is exactly input floor(i / factor). */
const repeats = ({ input, output, weights }: Axis, factor: number) =>
  output === input * factor &&
  weights.every((w, i) => w === +(i % input === Math.floor(Math.floor(i / input) / factor)))

const isIdentity = (axis: Axis) => repeats(axis, 1)

const isBlocks = (axis: Axis) =>
  axis.axis >= 2 &&
  Number.isInteger(axis.output / axis.input) &&
  repeats(axis, axis.output / axis.input)

/** Every element was repeated over a block: dx is the block's mean, times its size. */
function sumOfBlocks({ b, x, dy, mul }: Scope, axes: readonly Axis[]): string {
  const factors = b.shape(x).map((size, axis) => b.shape(dy)[axis] / size)
  const kernel = factors.slice(2)
  const mean = b.emit('AveragePool', [dy], { kernel_shape: ints(kernel), strides: ints(kernel) })
  return mul(
    mean,
    axes.reduce((size, axis) => size * factors[axis.axis], 1),
  )
}

/** W^T dy along one axis; the last axis needs no batch of products. */
function transposed({ b, reshape }: Scope, dy: string, axis: Axis): string {
  const shape = [...b.shape(dy)]
  const [before, after] = [sizeOf(shape.slice(0, axis.axis)), sizeOf(shape.slice(axis.axis + 1))]
  const wanted = shape.with(axis.axis, axis.input)
  if (after === 1)
    return reshape(
      b.emit('MatMul', [reshape(dy, [before, axis.output]), matrix(b, axis, false)]),
      wanted,
    )
  const planes = reshape(dy, [before, axis.output, after])
  return reshape(b.emit('MatMul', [matrix(b, axis, true), planes]), wanted)
}

/** W [output, input], or its transpose. */
function matrix(b: Builder, { input, output, weights }: Axis, turned: boolean): string {
  const values = turned
    ? Float32Array.from(weights, (_, i) => weights[(i % output) * input + Math.floor(i / output)])
    : Float32Array.from(weights)
  const shape = turned ? [input, output] : [output, input]
  return b.constant(tensor('float32', shape, values), 'resize')
}

export const resizeRules = { Resize } satisfies Record<string, Row>
