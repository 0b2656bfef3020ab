import type { Cases } from '../case.js'

export const elementwise: Cases = {
  Mul: draw => {
    const shape = draw.shape(draw.int(1, 4))
    return { inputs: [draw.reals(shape), draw.reals(draw.broadcastable(shape))] }
  },
}
