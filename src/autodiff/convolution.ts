import {
  type Attributes,
  type Builder,
  convTransposeWindow,
  convWindow,
  int,
  intOf,
  Site,
} from '../onnx/index.js'
import { emitPrivate, inputOf, type Row, rule, type Scope } from './rule.js'
import { slidingAttributes } from './window.js'

/**
 * Convolutions. x [batch, channels, ...input], w [filters, channels / group, ...kernel],
 * y [batch, filters, ...output]; p counts outputs, k taps, and i = p stride + k dilation - begin.
 */

// y[n, o, p] = z[o] + sum over c, k of x[n, c, i] w[o, c, k]
// dx[n, c, i] = sum over o, p, k of dy[n, o, p] w[o, c, k]
// dw[o, c, k] = sum over n, p of dy[n, o, p] x[n, c, i];  dz[o] = sum over n, p of dy[n, o, p]
const Conv = rule(scope => {
  const { b, node, x, dy } = scope
  const [, w] = node.inputs
  const attributes = attributesOf(scope, convWindow(new Site(node, b)))
  return [
    emitPrivate(b, 'ConvInputGradient', [dy, w], attributes, b.type(x)),
    emitPrivate(b, 'ConvWeightGradient', [x, dy], attributes, b.type(w)),
    biasGradient(scope),
  ]
})

// ConvTranspose is the map from dy to dx of a Conv that takes y to x, with the same weights:
// dx = Conv(dy, w), dw = the weight gradient of that Conv
const ConvTranspose = rule(scope => {
  const { b, node, x, dy } = scope
  const [, w] = node.inputs
  const window = convTransposeWindow(new Site(node, b))
  const { fitted, pads } = withoutNegativePads(scope, dy, window.pads)
  const attributes = attributesOf(scope, { ...window, pads })
  const dx = b.emit('Conv', [fitted, w], attributes)
  return [
    cropped(b, dx, b.shape(x)),
    emitPrivate(b, 'ConvWeightGradient', [fitted, x], attributes, b.type(w)),
    biasGradient(scope),
  ]
})

const attributesOf = (
  { node }: Scope,
  window: Parameters<typeof slidingAttributes>[0],
): Attributes => ({ ...slidingAttributes(window), group: int(intOf(node, 'group', 1)) })

function biasGradient({ b, node, dy }: Scope): string | undefined {
  const bias = inputOf(node, 2)
  return bias && emitPrivate(b, 'ConvBiasGradient', [dy], {}, b.type(bias))
}

/** Negative pads (an output_shape larger than the taps reach): dy loses what no tap wrote. */
function withoutNegativePads({ b }: Scope, dy: string, pads: readonly number[]) {
  if (pads.every(pad => pad >= 0)) return { fitted: dy, pads: [...pads] }
  const cut = pads.map(pad => Math.min(0, pad))
  const rank = pads.length / 2
  const sizes = b.ints([0, 0, ...cut.slice(0, rank), 0, 0, ...cut.slice(rank)])
  return { fitted: b.emit('Pad', [dy, sizes]), pads: pads.map(pad => Math.max(0, pad)) }
}

/** Output padding of a stride or more leaves positions behind x that nothing was made from. */
function cropped(b: Builder, dx: string, shape: readonly number[]): string {
  if (b.shape(dx).every((size, axis) => size === shape[axis])) return dx
  const axes = shape.map((_, axis) => axis)
  const starts = b.ints(axes.map(() => 0))
  return b.emit('Slice', [dx, starts, b.ints(shape), b.ints(axes)])
}

export const convolutionRules = { Conv, ConvTranspose } satisfies Record<string, Row>
