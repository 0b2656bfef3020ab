import { scalarTensor, tensor } from '../../../src/base/index.js'
import type { Cases } from '../case.js'

export const dropoutCases: Cases = {
  // in inference, said or not; with or without the mask as an output
  Dropout: draw => {
    const x = draw.reals(draw.shape(draw.int(0, 4)))
    const ratio = scalarTensor(draw.real(0, 0.9), 'float32')
    const training = tensor('bool', [], Uint8Array.of(0))
    const inputs = draw.pick([x], [x, ratio], [x, ratio, training])
    return { inputs, constants: [1, 2], outputs: draw.int(1, 2) }
  },
}
