import { intOf } from '../onnx/index.js'
import { row } from './formulation.js'

/** GlobalLpPool(x) -> y = (sum |x|^p)^(1/p) over all positions; ONNX Runtime has it no more. */
export const globalLpPool = row(
  ({ node }) => intOf(node, 'p', 2),
  [
    {
      name: 'reduction of powers',
      column: 'portable',
      applies: () => true,
      emit({ b, node }, p) {
        const [x] = node.inputs
        const axes = b.ints(
          b
            .shape(x)
            .slice(2)
            .map((_, i) => i + 2),
        )
        if (p <= 2) return [b.emit(p === 1 ? 'ReduceL1' : 'ReduceL2', [x, axes])]
        const power = b.emit('Pow', [b.emit('Abs', [x]), b.scalar(p, b.dtype(x))])
        const total = b.emit('ReduceSum', [power, axes])
        return [b.emit('Pow', [total, b.scalar(1 / p, b.dtype(x))])]
      },
    },
  ],
)
