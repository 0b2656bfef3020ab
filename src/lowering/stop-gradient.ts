import { row } from './formulation.js'

/** temper::StopGradient(x) -> x: a value that a loss holds fixed. */
export const stopGradient = row(
  () => null,
  [
    {
      name: 'identity',
      column: 'portable',
      applies: () => true,
      emit: ({ b, node }) => [b.emit('Identity', node.inputs)],
    },
  ],
)
