import { type Formulation, row } from './formulation.js'

/** temper::StraightThrough(value, carrier) -> value; the carrier served the gradient alone. */
const forward: Formulation<null> = {
  name: 'forward',
  column: 'portable',
  applies: () => true,
  emit: ({ b, node }) => [b.emit('Identity', [node.inputs[0]])],
}

export const straightThrough = row(() => null, [forward])
