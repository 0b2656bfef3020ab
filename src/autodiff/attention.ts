import { forbidden, type Row, rule } from './rule.js'

const caches = forbidden('takes its angles as constants: they have no gradient')

/** Parts of attention that are operators of their own. */
export const attentionRules = {
  // y = x turned by the angles of its positions: dx = dy turned back, by sin with the other sign
  RotaryEmbedding: rule(({ b, node, dy, neg }) => {
    const [, cos, sin, ...positions] = node.inputs
    return [
      b.emit('RotaryEmbedding', [dy, cos, neg(sin), ...positions], node.attributes),
      caches,
      caches,
    ]
  }),
} satisfies Record<string, Row>
