import { float } from '../onnx/index.js'
import { blockedStep } from './blocked/elementwise.js'
import { type Formulation, row } from './formulation.js'

/** temper::ReluGradient(dy, y) -> dx = dy [y > 0], y = max(x, 0). */

/** A ramp so steep that it is a step: faster than Greater and Cast, and much faster than Where. */
const step: Formulation<null> = {
  name: 'step',
  column: 'portable',
  applies: () => true,
  emit({ b, node }) {
    const [dy, y] = node.inputs
    const positive = b.emit('HardSigmoid', [y], { alpha: float(3e38), beta: float(0) })
    return [b.emit('Mul', [dy, positive])]
  },
}

export const reluGradient = row(() => null, [blockedStep, step])
