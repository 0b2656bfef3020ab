import { blockedBias } from './blocked/pool.js'
import { row } from './formulation.js'
import { sum } from './phrases.js'

/** temper::ConvBiasGradient(dy) -> db: db[o] = sum over n and p of dy[n, o, p]. */
export const convBiasGradient = row(
  ({ b, node }) => b.shape(node.inputs[0]).length,
  [
    blockedBias,
    {
      name: 'sum',
      column: 'portable',
      applies: () => true,
      emit: ({ b, node }, rank) => {
        const axes = Array.from({ length: rank }, (_, axis) => axis).filter(axis => axis !== 1)
        return [sum(b, node.inputs[0], axes)]
      },
    },
  ],
)
