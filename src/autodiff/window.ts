import { sizeOf, tensor } from '../base/index.js'
import {
  type Attributes,
  type Builder,
  intOf,
  ints,
  type Node,
  poolWindow,
  Site,
  type Window,
} from '../onnx/index.js'
import { emitPrivate, type Row, rule, type Scope } from './rule.js'

/** Windows that slide over spatial axes: pools of every kind. x is [batch, channel, ...spatial]. */

/** A window as the explicit attributes of a private operator. */
export const slidingAttributes = (w: Pick<Window, 'kernel' | 'strides' | 'dilations' | 'pads'>) =>
  ({
    kernel_shape: ints(w.kernel),
    strides: ints(w.strides),
    dilations: ints(w.dilations),
    pads: ints(w.pads),
  }) satisfies Attributes

const windowOf = (b: Builder, node: Node): Window => poolWindow(new Site(node, b))

/** The one window of a global pool. */
function globalWindow(b: Builder, x: string): Window {
  const kernel = b.shape(x).slice(2)
  const each = (value: number) => kernel.map(() => value)
  return {
    kernel: [...kernel],
    strides: each(1),
    dilations: each(1),
    pads: [...each(0), ...each(0)],
    output: each(1),
  }
}

// dx = dy at each window's maximum, 0 elsewhere
const maxPool = (window: (b: Builder, node: Node) => Window) =>
  rule(({ b, node, x, y, dy }) => [
    emitPrivate(b, 'MaxPoolGradient', [x, y, dy], slidingAttributes(window(b, node)), b.type(x)),
  ])

/** What every element of x receives from the windows it lies in. */
const spread = ({ b, x }: Scope, dy: string, window: Window): string =>
  emitPrivate(b, 'SumPoolGradient', [dy], slidingAttributes(window), b.type(x))

// y[p] = sum over the window of x / count[p]: dx = spread(dy / count)
const AveragePool = rule(scope => {
  const { b, node, x, dy, mul } = scope
  const window = windowOf(b, node)
  const counts = countsOf(window, b.shape(x).slice(2), intOf(node, 'count_include_pad', 0) === 1)
  const shares = counts.map(count => 1 / count)
  if (shares.every(share => share === shares[0])) return [spread(scope, mul(dy, shares[0]), window)]
  const shape = [1, 1, ...window.output]
  const share = b.constant(tensor('float32', shape, Float32Array.from(shares)), 'shares')
  return [spread(scope, mul(dy, share), window)]
})

/**
 * How many elements each window averages over: those inside the input or, with count_include_pad,
 * inside the padded input (what ceil_mode puts behind it never counts).
 */
function countsOf(w: Window, input: readonly number[], includePad: boolean): number[] {
  const rank = input.length
  const axes = input.map((size, i) => {
    const [before, after] = includePad ? [w.pads[i], w.pads[i + rank]] : [0, 0]
    return Array.from({ length: w.output[i] }, (_, p) => {
      const first = p * w.strides[i] - w.pads[i]
      const taps = Array.from({ length: w.kernel[i] }, (_, k) => first + k * w.dilations[i])
      return taps.filter(at => at >= -before && at < size + after).length
    })
  })
  return axes.reduce<number[]>(
    (counts, axis) => counts.flatMap(count => axis.map(more => count * more)),
    [1],
  )
}

// y = mean of x: dx = dy / area
const GlobalAveragePool = rule(scope => {
  const { b, x, dy, mul } = scope
  const window = globalWindow(b, x)
  return [spread(scope, mul(dy, 1 / sizeOf(window.kernel)), window)]
})

// y = (sum |x|^p)^(1/p): dx = sign(x) |x|^(p-1) spread(dy y^(1-p)); 0 where a whole window is 0
const lpPool = (window: (b: Builder, node: Node) => Window) =>
  rule(scope => {
    const { b, node, x, y, dy, mul, div, add, sign, abs, pow, notNegative, neg } = scope
    const p = intOf(node, 'p', 2)
    const spreadOut = (gradient: string) => spread(scope, gradient, window(b, node))
    if (p === 1) return [mul(sign(x), spreadOut(dy))]
    const safe = add(y, notNegative(neg(y)))
    if (p === 2) return [mul(x, spreadOut(div(dy, safe)))]
    const slope = mul(sign(x), pow(abs(x), p - 1))
    return [mul(slope, spreadOut(div(dy, pow(safe, p - 1))))]
  })

export const windowRules = {
  MaxPool: maxPool(windowOf),
  GlobalMaxPool: maxPool((b, node) => globalWindow(b, node.inputs[0])),
  AveragePool,
  GlobalAveragePool,
  LpPool: lpPool(windowOf),
  GlobalLpPool: lpPool((b, node) => globalWindow(b, node.inputs[0])),
} satisfies Record<string, Row>
