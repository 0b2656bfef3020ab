import { type Tensor, tensor } from '../../../src/base/index.js'
import { type Attributes, float, floats, int, text } from '../../../src/onnx/index.js'
import type { Case, CaseMaker, Cases } from '../case.js'
import type { Draw } from '../draw.js'

/** A recurrent node of a few steps with any mix of the optional inputs and attributes. */
const recurrent =
  (gates: number, states: number, defaults: readonly string[]): CaseMaker =>
  (draw, index): Case => {
    const direction = draw.pick('forward', 'reverse', 'bidirectional')
    const directions = direction === 'bidirectional' ? 2 : 1
    const [steps, batch, size, hidden] = [
      draw.int(1, 3),
      draw.int(1, 2),
      draw.int(1, 2),
      draw.int(1, 2),
    ]
    const batchFirst = draw.chance(0.25)
    const state = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
    const some = (make: () => Tensor) => (draw.chance() ? make() : undefined)
    const inputs: (Tensor | undefined)[] = [
      draw.reals(batchFirst ? [batch, steps, size] : [steps, batch, size]),
      draw.reals([directions, gates * hidden, size], -1, 1),
      draw.reals([directions, gates * hidden, hidden], -1, 1),
      some(() => draw.reals([directions, 2 * gates * hidden], -1, 1)),
      draw.chance(0.3) ? lengths(draw, steps, batch) : undefined,
      ...Array.from({ length: states }, () => some(() => draw.reals(state, -1, 1))),
    ]
    if (states === 2) inputs.push(some(() => draw.reals([directions, 3 * hidden], -1, 1)))
    const attributes: Attributes = {
      direction: text(direction),
      hidden_size: int(hidden),
      layout: int(+batchFirst),
      ...(index % 3 === 1 ? activations(draw, defaults, directions) : {}),
      ...(index % 5 === 2 ? { clip: float(4) } : {}),
      ...(gates === 3 ? { linear_before_reset: int(index % 2) } : {}),
      ...(gates === 4 && index % 4 === 3 ? { input_forget: int(1) } : {}),
    }
    return { inputs, attributes, outputs: states + 1, constants: [] }
  }

const lengths = (draw: Draw, steps: number, batch: number) =>
  tensor(
    'int32',
    [batch],
    Int32Array.from({ length: batch }, () => draw.int(1, steps)),
  )

/** Other functions than the usual; all of them smooth, so that central differences hold. */
function activations(draw: Draw, defaults: readonly string[], directions: number): Attributes {
  const names = Array.from({ length: directions }, () =>
    defaults.map(name =>
      name === 'Sigmoid'
        ? draw.pick('Sigmoid', 'Tanh')
        : draw.pick('ScaledTanh', 'Affine', 'Softsign', 'Softplus'),
    ),
  ).flat()
  const arguments_ = names.filter(name => ['ScaledTanh', 'Affine'].includes(name))
  return {
    activations: { type: 'strings', value: names },
    ...(arguments_.length
      ? {
          activation_alpha: floats(arguments_.map(() => draw.real(0.4, 1.2))),
          activation_beta: floats(arguments_.map(() => draw.real(0.1, 0.8))),
        }
      : {}),
  }
}

export const recurrentCases: Cases = {
  RNN: recurrent(1, 1, ['Tanh']),
  GRU: recurrent(3, 1, ['Sigmoid', 'Tanh']),
  LSTM: recurrent(4, 2, ['Sigmoid', 'Tanh', 'Tanh']),
}
