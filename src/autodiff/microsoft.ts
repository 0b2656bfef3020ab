import { floatOf } from '../onnx/index.js'
import { geluSlope, swishSlope, tanhGeluSlope } from './activation.js'
import type { Maths } from './maths.js'
import { inputOf, pointwise, type Row, rule } from './rule.js'

// y = gelu(x + bias): dx = dy gelu'(x + bias), dbias = dx summed down
const biased = (slope: (m: Maths, x: string) => string) =>
  rule(scope => {
    const { node, x, dy, mul, add } = scope
    const bias = inputOf(node, 1)
    const dx = mul(dy, slope(scope, bias ? add(x, bias) : x))
    return [dx, bias && dx]
  })

/** Fused activations of ONNX Runtime, as its optimizer and exporters write them. */
export const microsoftRules = {
  'com.microsoft.Gelu': pointwise(scope => scope.mul(scope.dy, geluSlope(scope, scope.x))),
  'com.microsoft.BiasGelu': biased(geluSlope),
  'com.microsoft.FastGelu': biased(tanhGeluSlope),
  // y = x sigmoid(alpha x)
  'com.microsoft.QuickGelu': pointwise(scope =>
    scope.mul(scope.dy, swishSlope(scope, scope.x, floatOf(scope.node, 'alpha', 1.702))),
  ),
} satisfies Record<string, Row>
