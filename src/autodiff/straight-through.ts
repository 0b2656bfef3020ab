import { type Row, rule } from './rule.js'

/** What noise on activations adds to the operators of a graph. */
export const straightThroughRules = {
  // y = value, differentiated as the carrier: dvalue = 0, dcarrier = dy (Bengio et al. 2013)
  'temper.StraightThrough': rule(({ dy }) => [undefined, dy]),
} satisfies Record<string, Row>
