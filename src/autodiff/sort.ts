import { int, intOf, text } from '../onnx/index.js'
import { zeros } from './place.js'
import { axisOf, linear, type Row, rule } from './rule.js'

/** Sorting and running sums along one axis. */
export const sortRules = {
  // values, indices = the k largest of x: dx = dvalues at the indices, zeros elsewhere
  TopK: rule(({ b, node, x, dy }) => {
    const attributes = { axis: int(axisOf(b, node, -1)), reduction: text('none') }
    return [b.emit('ScatterElements', [zeros(b, b.type(x)), node.outputs[1], dy], attributes)]
  }),
  // y_i = sum of x_j, j <= i: dx_j = sum of dy_i, i >= j: the same sum from the other end
  CumSum: linear(({ b, node, dy }) => {
    const reverse = int(1 - intOf(node, 'reverse', 0))
    const exclusive = int(intOf(node, 'exclusive', 0))
    return b.emit('CumSum', [dy, node.inputs[1]], { reverse, exclusive })
  }),
} satisfies Record<string, Row>
